package dev.alts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.testing.TestVectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("abuse-4")
class SpiffeIdTest {
  @Test
  void everyPublicVectorIsJudgedAsItSays() {
    JsonObject vectors = TestVectors.read("spiffe/spiffe_ids.json");

    SoftAssertions softly = new SoftAssertions();
    for (JsonElement element : vectors.getAsJsonArray("tests")) {
      JsonObject vector = element.getAsJsonObject();
      String text = vector.get("in").getAsString();
      boolean valid = vector.get("result").getAsString().equals("valid");
      try {
        SpiffeId id = SpiffeId.parse(text);
        softly.assertThat(valid).as(text).isTrue();
        if (valid) {
          softly
              .assertThat(id.trustDomain().name())
              .isEqualTo(vector.get("trust_domain").getAsString());
          softly.assertThat(id.path()).isEqualTo(vector.get("path").getAsString());
          softly.assertThat(id.toString()).isEqualTo(text);
        }
      } catch (IllegalArgumentException e) {
        softly.assertThat(valid).as("%s: %s", text, e.getMessage()).isFalse();
      }
    }
    softly.assertThat(vectors.getAsJsonArray("tests")).hasSize(557);
    softly.assertAll();
  }

  @Test
  void trailingDotMakesAnotherTrustDomain() {
    TrustDomain domain = new TrustDomain("example.org");

    assertThat(SpiffeId.parse("spiffe://example.org./a").isMemberOf(domain)).isFalse();
  }

  @Test
  void prefixMatchesWholeSegmentsOnly() {
    SpiffeId id = SpiffeId.parse("spiffe://example.org/ns/pay/db");

    assertThat(id.hasPathPrefix("")).isTrue();
    assertThat(id.hasPathPrefix("/ns/pay")).isTrue();
    assertThat(id.hasPathPrefix("/ns/pay/db")).isTrue();
    assertThat(id.hasPathPrefix("/ns/pa")).isFalse();
    assertThat(id.hasPathPrefix("/ns/pay/db/x")).isFalse();
  }

  @Test
  void idOf2048BytesIsGoodAndOneMoreIsNot() {
    String longest = "spiffe://d/" + "a".repeat(2048 - 11);

    assertThat(SpiffeId.parse(longest).toString()).hasSize(2048);
    assertThatIllegalArgumentException().isThrownBy(() -> SpiffeId.parse(longest + "a"));
  }

  @Test
  void pathDecidesTheKind() {
    assertThat(kind("/machine/m-1")).contains(EntityKind.MACHINE);
    assertThat(kind("/machinery")).contains(EntityKind.WORKLOAD);
    assertThat(kind("/human/ann")).contains(EntityKind.HUMAN);
    assertThat(kind("/ca")).contains(EntityKind.MACHINE);
    assertThat(kind("/shop/web")).contains(EntityKind.WORKLOAD);
    assertThat(kind("/ca/x")).isEmpty();
    assertThat(kind("/machine")).isEmpty();
    assertThat(kind("/human")).isEmpty();
    assertThat(kind("")).isEmpty();
  }

  private static java.util.Optional<EntityKind> kind(String path) {
    return EntityKind.ofPath(SpiffeId.parse("spiffe://example.org" + path));
  }
}
