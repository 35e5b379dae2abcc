package dev.alts.identity.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.verify.FrozenTrust;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Bytes of a stranger are refused, or a certificate that its master did not sign. */
@Tag("fuzz")
@Timeout(900)
class HandshakeCertificateFuzzTest {
  private static final EcdsaP256 ECDSA = EcdsaP256.best();
  private static final SvidCertificate MASTER = FrozenTrust.master();

  /** The only X25519 key that this master has vouched for. */
  private static final String SIGNED_KEY =
      "bf89d541684323d630c2aad6a30983b825f57c112abfc11cae91969c6ab43a7e";

  @FuzzTest(maxDuration = "30s")
  void parse(byte[] encoded) {
    HandshakeCertificate certificate;
    try {
      certificate = HandshakeCertificate.parse(Bytes.copyOf(encoded));
      certificate.requireBoundTo(MASTER);
    } catch (InvalidCertificateException refused) {
      return;
    }
    assertThat(certificate.encoded().toByteArray()).isEqualTo(encoded);
    assertThat(certificate.notAfter())
        .isBetween(
            certificate.notBefore(),
            certificate.notBefore().plus(HandshakeCertificate.MAX_VALIDITY));
    if (certificate.isSignedBy(ECDSA, ECDSA.decodePublicKey(MASTER.spki()))) {
      assertThat(certificate.x25519PublicKey().toHex()).isEqualTo(SIGNED_KEY);
    }
  }
}
