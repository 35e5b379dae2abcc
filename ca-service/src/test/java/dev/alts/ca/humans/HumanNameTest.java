package dev.alts.ca.humans;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HumanNameTest {
  private static final TrustDomain OWN = new TrustDomain("test.alts");

  @ParameterizedTest
  @Tag("abuse-4")
  @Tag("abuse-38")
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "a/b",
        "/a",
        "a/",
        "Ada",
        "ADA",
        "a b",
        "a\n",
        "ada ",
        "a%2fb",
        "-a",
        "a.",
        "a,b",
        "a*",
        "ä",
        "ａ",
        "a:b",
        "a@b",
        "a+b",
        "0123456789012345678901234567890123456789012345678901234567890123"
      })
  void whatIsNotOneStrictLowerCaseSegmentIsNoName(String text) {
    assertThatThrownBy(() -> new HumanName(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ada", "ada.lovelace", "a-b_c", "0x"})
  void aNameIsTheLastSegmentOfItsSpiffeId(String text) {
    HumanName name = new HumanName(text);

    SpiffeId id = name.spiffeId(OWN);

    assertThat(id).hasToString("spiffe://test.alts/human/" + text);
    assertThat(HumanName.ofSpiffeId(id, OWN)).contains(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://other.alts/human/ada",
        "spiffe://test.alts/machine/ada",
        "spiffe://test.alts/human",
        "spiffe://test.alts/human/ada/more",
        "spiffe://test.alts/human/Ada",
        "spiffe://test.alts/humans/ada",
        "spiffe://test.alts"
      })
  void noOtherIdIsAHuman(String id) {
    assertThat(HumanName.ofSpiffeId(SpiffeId.parse(id), OWN)).isEmpty();
  }

  @Test
  void namesSortAsTheirText() {
    assertThat(new HumanName("ada")).isLessThan(new HumanName("bob"));
  }
}
