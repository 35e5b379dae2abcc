package dev.alts.identity.handshake;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.UnixTime;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.DocumentType;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.identity.x509.X509Svid;
import dev.alts.wire.handshake.v1.HandshakeCertificateBody;
import dev.alts.wire.handshake.v1.SignedHandshakeCertificate;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A static X25519 key vouched for by a master key for at most an hour (handshake.md section 2).
 * Parsed means well-formed; {@link #requireBoundTo} and {@link #isSignedBy} make it mean something.
 *
 * @param encoded the SignedHandshakeCertificate exactly as made or received
 * @param body the signed bytes in it
 */
public record HandshakeCertificate(
    SpiffeId spiffeId,
    Bytes x25519PublicKey,
    Instant notBefore,
    Instant notAfter,
    Bytes masterSha256,
    Bytes encoded,
    Bytes body,
    Bytes signature) {
  /** Longest time between the two ends of the validity. */
  public static final Duration MAX_VALIDITY = Duration.ofHours(1);

  /** How far a maker dates back, for verifiers whose clocks are behind. */
  public static final Duration BACK_DATING = Duration.ofMinutes(1);

  private static final int MAX_ENCODED = 4096;

  /**
   * Makes one. The master's notAfter bounds it; the whole validity, back-dating included, is at
   * most {@link #MAX_VALIDITY}.
   *
   * @throws IllegalArgumentException if the master may not delegate, has ended or is not yet valid
   */
  public static HandshakeCertificate make(
      EcdsaP256 ecdsa, X509Svid master, Bytes x25519PublicKey, Duration validity, Instant now) {
    SvidCertificate leaf = master.leaf();
    if (!leaf.attributes().map(AltsAttributes::mayDelegate).orElse(false)) {
      throw new IllegalArgumentException(
          "handshake certificate: %s (expected: a master, with mayDelegate)".formatted(leaf));
    }
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    Instant notBefore = latest(second.minus(BACK_DATING), leaf.notBefore());
    Instant notAfter =
        earliest(
            second.plusSeconds(validity.toSeconds()),
            earliest(leaf.notAfter(), notBefore.plus(MAX_VALIDITY)));
    if (notAfter.isBefore(notBefore) || second.isAfter(leaf.notAfter())) {
      throw new IllegalArgumentException(
          "handshake certificate: master valid from %s to %s (expected: now, %s)"
              .formatted(leaf.notBefore(), leaf.notAfter(), now));
    }
    ByteString body =
        HandshakeCertificateBody.newBuilder()
            .setSpiffeId(leaf.id().toString())
            .setX25519PublicKey(ByteString.copyFrom(x25519PublicKey.asByteBuffer()))
            .setNotBefore(notBefore.getEpochSecond())
            .setNotAfter(notAfter.getEpochSecond())
            .setMasterSha256(ByteString.copyFrom(leaf.sha256().asByteBuffer()))
            .build()
            .toByteString();
    byte[] signature =
        ecdsa.sign(
            master.privateKey(),
            DocumentType.HANDSHAKE_CERTIFICATE.signatureInput(body.toByteArray()));
    byte[] encoded =
        SignedHandshakeCertificate.newBuilder()
            .setBody(body)
            .setSignature(ByteString.copyFrom(signature))
            .build()
            .toByteArray();
    return new HandshakeCertificate(
        leaf.id(),
        x25519PublicKey,
        notBefore,
        notAfter,
        leaf.sha256(),
        Bytes.copyOf(encoded),
        Bytes.copyOf(body.asReadOnlyByteBuffer()),
        Bytes.copyOf(signature));
  }

  /** {@return the well-formed certificate in these bytes; nothing is verified yet} */
  public static HandshakeCertificate parse(Bytes encoded) throws InvalidCertificateException {
    if (encoded.length() > MAX_ENCODED) {
      throw new InvalidCertificateException(
          "handshake certificate: %d bytes (expected: at most %d)"
              .formatted(encoded.length(), MAX_ENCODED));
    }
    try {
      var signed = SignedHandshakeCertificate.parseFrom(encoded.asByteBuffer());
      var body = HandshakeCertificateBody.parseFrom(signed.getBody());
      HandshakeCertificate certificate =
          new HandshakeCertificate(
              SpiffeId.parse(body.getSpiffeId()),
              Bytes.copyOf(body.getX25519PublicKey().asReadOnlyByteBuffer()),
              UnixTime.parse(body.getNotBefore()),
              UnixTime.parse(body.getNotAfter()),
              Bytes.copyOf(body.getMasterSha256().asReadOnlyByteBuffer()),
              encoded,
              Bytes.copyOf(signed.getBody().asReadOnlyByteBuffer()),
              Bytes.copyOf(signed.getSignature().asReadOnlyByteBuffer()));
      certificate.requireForm();
      return certificate;
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw new InvalidCertificateException("handshake certificate: " + e.getMessage(), e);
    }
  }

  /** Refuses another identity, another master, or a validity not inside the master's. */
  public void requireBoundTo(SvidCertificate master) throws InvalidCertificateException {
    if (!spiffeId.equals(master.id())) {
      throw new InvalidCertificateException(
          "handshake certificate: for %s (expected: %s)".formatted(spiffeId, master.id()));
    }
    if (!masterSha256.equals(master.sha256())) {
      throw new InvalidCertificateException("handshake certificate: made under another master");
    }
    if (notBefore.isBefore(master.notBefore()) || notAfter.isAfter(master.notAfter())) {
      throw new InvalidCertificateException(
          "handshake certificate: validity (expected: inside the master's)");
    }
  }

  public boolean isSignedBy(EcdsaP256 ecdsa, PublicKey masterKey) {
    return ecdsa.verify(
        masterKey,
        DocumentType.HANDSHAKE_CERTIFICATE.signatureInput(body.toByteArray()),
        signature.toByteArray());
  }

  private void requireForm() throws InvalidCertificateException {
    if (x25519PublicKey.length() != 32 || masterSha256.length() != 32) {
      throw new InvalidCertificateException(
          "handshake certificate: key or digest (expected: 32 bytes each)");
    }
    if (notAfter.isBefore(notBefore) || notAfter.isAfter(notBefore.plus(MAX_VALIDITY))) {
      throw new InvalidCertificateException(
          "handshake certificate: validity (expected: 0 to 3600 s)");
    }
  }

  private static Instant earliest(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant latest(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
