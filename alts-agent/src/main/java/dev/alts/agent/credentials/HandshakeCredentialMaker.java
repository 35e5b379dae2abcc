package dev.alts.agent.credentials;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.handshake.HandshakeCertificate;
import dev.alts.identity.x509.X509Svid;
import dev.alts.wire.handshake.v1.Credential;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.time.Duration;
import java.time.Instant;

/** Makes handshake certificates under a master, each with a new X25519 key. Thread-safe. */
public final class HandshakeCredentialMaker {
  private static final int KEY_BYTES = 32;

  private final Duration validity;
  private final SecureRandom random;

  /**
   * @param validity at most an hour (handshake.md section 2); what is left of the master bounds it
   */
  public HandshakeCredentialMaker(Duration validity, SecureRandom random) {
    if (validity.isNegative() || validity.compareTo(HandshakeCertificate.MAX_VALIDITY) > 0) {
      throw new IllegalArgumentException(
          "handshake certificate validity: %s (expected: 0 to 3600 s)".formatted(validity));
    }
    this.validity = validity;
    this.random = random;
  }

  HandshakeCredential make(X509Svid master, Instant now) {
    KeyPair key = generate();
    HandshakeCertificate certificate =
        HandshakeCertificate.make(
            EcdsaP256.best(), master, publicBytes((XECPublicKey) key.getPublic()), validity, now);
    Credential.Builder credential =
        Credential.newBuilder()
            .setHandshakeCertificate(ByteString.copyFrom(certificate.encoded().asByteBuffer()));
    master.chain().forEach(der -> credential.addChain(ByteString.copyFrom(der.asByteBuffer())));
    return new HandshakeCredential(
        credential.build(),
        SecretBytes.adopt(privateBytes((XECPrivateKey) key.getPrivate())),
        RotationSchedule.halfway(now, certificate.notAfter()),
        certificate.notAfter());
  }

  private KeyPair generate() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
      generator.initialize(NamedParameterSpec.X25519, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("X25519: the JDK's provider is missing", e);
    }
  }

  /** RFC 7748 section 5: the u-coordinate, little-endian. */
  private static Bytes publicBytes(XECPublicKey key) {
    byte[] littleEndian = new byte[KEY_BYTES];
    BigInteger u = key.getU();
    for (int i = 0; i < KEY_BYTES; i++) {
      littleEndian[i] = u.shiftRight(8 * i).byteValue();
    }
    return Bytes.copyOf(littleEndian);
  }

  private static byte[] privateBytes(XECPrivateKey key) {
    return key.getScalar()
        .orElseThrow(() -> new IllegalStateException("X25519: the provider hides the private key"));
  }
}
