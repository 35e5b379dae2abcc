package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.alts.identity.Bytes;
import dev.alts.testing.ScriptedRandom;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BootstrapTokenTest {
  private static final RootFingerprint ROOT =
      RootFingerprint.of(Bytes.fromHex("00112233445566778899"));

  @Test
  void mintedTokenIsReadBackWithItsSecretAndRoot() {
    byte[] secret = new byte[32];
    secret[0] = 7;

    BootstrapToken minted = BootstrapToken.mint(new ScriptedRandom(secret), ROOT);
    BootstrapToken read = BootstrapToken.parse(minted.exposeText());

    assertThat(read.secret().exposeCopy()).isEqualTo(secret);
    assertThat(read.rootFingerprint()).isEqualTo(ROOT);
    assertThat(minted.exposeText()).startsWith("alts1.").endsWith("." + ROOT);
  }

  @Test
  void printingATokenDoesNotShowItsSecret() {
    BootstrapToken token = BootstrapToken.mint(new ScriptedRandom(new byte[32]), ROOT);

    assertThat(token.toString()).contains("redacted").doesNotContain("AAAA");
    assertThat(token.secret().toString()).contains("redacted");
  }

  @Test
  @Tag("abuse-4")
  void otherAlphabetsLengthsAndSpellingsAreRefusedWithoutEcho() {
    String good = BootstrapToken.mint(new ScriptedRandom(new byte[32]), ROOT).exposeText();
    for (String bad :
        List.of(
            "",
            good + " ",
            " " + good,
            good.replace("alts1", "alts2"),
            good.replace("alts1", "ALTS1"),
            good.substring(0, good.length() - 1),
            good + "0",
            good.replaceFirst("AAAA", "AAA"),
            good.replaceFirst("AAAA", "AA/A"),
            good.replaceFirst("AAAA", "AA+A"),
            good.replaceFirst("AAAA", "../A"),
            good.replaceFirst("A\\.", "B."),
            good.toUpperCase(java.util.Locale.ROOT))) {
      assertThatIllegalArgumentException()
          .as(bad)
          .isThrownBy(() -> BootstrapToken.parse(bad))
          .withMessageNotContaining("AAAA");
    }
  }
}
