package dev.alts.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.alts.identity.document.BootstrapToken;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.x509.X509Svid;
import dev.alts.testing.ScriptedRandom;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No secret-holding type of this module shows its secret when it is printed. */
class RedactionTest {
  private static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes();

  @Test
  void secretBytesPrintTheirLengthOnly() {
    SecretBytes secret = SecretBytes.copyOf(SECRET);

    assertThat(secret.toString()).isEqualTo("SecretBytes[32 bytes, redacted]");
  }

  @Test
  void closedSecretIsWipedAndRefusesToBeRead() {
    byte[] owned = SECRET.clone();
    SecretBytes secret = SecretBytes.adopt(owned);

    secret.close();

    assertThat(owned).containsOnly(0);
    assertThatIllegalStateException().isThrownBy(secret::exposeCopy);
  }

  @Test
  @Tag("abuse-34")
  void secretsCompareByContentWithoutRevealingIt() {
    SecretBytes secret = SecretBytes.copyOf(SECRET);
    byte[] other = SECRET.clone();
    other[31] ^= 1;

    assertThat(secret.equalsSecret(SecretBytes.copyOf(SECRET))).isTrue();
    assertThat(secret.equalsSecret(SecretBytes.copyOf(other))).isFalse();
    assertThat(secret.equalsSecret(SecretBytes.copyOf(Arrays.copyOf(SECRET, 31)))).isFalse();
    // equals is the Object's: nobody compares secrets by accident in variable time.
    assertThat(secret.equals(SecretBytes.copyOf(SECRET))).isFalse();
  }

  @Test
  void tokenAndSvidPrintNoSecret() throws Exception {
    BootstrapToken token =
        BootstrapToken.mint(
            new ScriptedRandom(SECRET), RootFingerprint.of(Bytes.copyOf(new byte[1])));
    TestTrustDomain domain =
        TestTrustDomain.of("example.org", Instant.ofEpochSecond(1_900_000_000));
    TestSvid made = domain.master("/a");
    X509Svid svid = X509Svid.of(List.of(Bytes.copyOf(made.certificate())), made.privateKey());
    String scalar = ((java.security.interfaces.ECPrivateKey) made.privateKey()).getS().toString(16);

    assertThat(token.toString()).doesNotContain(token.exposeText().split("\\.")[1]);
    assertThat(svid.toString()).contains("redacted").doesNotContain(scalar);
    assertThat(svid.toString())
        .doesNotContain(HexFormat.of().formatHex(made.privateKey().getEncoded()));
  }
}
