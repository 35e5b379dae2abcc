package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Asks for one certificate. Of what a stranger sent, only the public key gets into the certificate.
 *
 * @param publicKey SubjectPublicKeyInfo, DER, as the requester sent it: unchecked
 * @param lifetime null: the profile's default
 * @param attachment for a {@link RecordCompanion}; null: nothing is to be written along
 */
public record CertificateRequest(
    IdempotencyKey idempotencyKey,
    IssuanceAuthorization authorization,
    CertificateProfile profile,
    Bytes publicKey,
    @Nullable Duration lifetime,
    @Nullable RecordAttachment attachment) {

  /** A request for a certificate and nothing beside it. */
  public CertificateRequest(
      IdempotencyKey idempotencyKey,
      IssuanceAuthorization authorization,
      CertificateProfile profile,
      Bytes publicKey,
      @Nullable Duration lifetime) {
    this(idempotencyKey, authorization, profile, publicKey, lifetime, null);
  }
}
