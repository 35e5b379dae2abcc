package dev.alts.ca.issuance;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.x509.SvidCertificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A certificate that is recorded and signed.
 *
 * @param der complete certificate
 * @param serial lower-case hexadecimal
 * @param renewAt when its holder renews it, less up to {@code renewJitter} that the holder rolls
 *     once
 */
public record IssuedCertificate(
    Bytes der,
    String serial,
    SpiffeId subject,
    CertificateProfile profile,
    AltsAttributes attributes,
    Instant notBefore,
    Instant notAfter,
    Instant renewAt,
    Duration renewJitter) {

  /**
   * Renewed when half its life is over, so that an outage of the other half is survived.
   *
   * @param certificate the same content, read by parsers; its signature counts for nothing
   */
  static IssuedCertificate of(Bytes der, SvidCertificate certificate, CertificateProfile profile) {
    AltsAttributes attributes =
        certificate
            .attributes()
            .orElseThrow(() -> new AssertionError("every profile has attributes"));
    Duration life = Duration.between(attributes.issuedAt(), certificate.notAfter());
    return new IssuedCertificate(
        der,
        certificate.x509().getSerialNumber().toString(16),
        certificate.id(),
        profile,
        attributes,
        certificate.notBefore(),
        certificate.notAfter(),
        attributes.issuedAt().plus(life.dividedBy(2)).truncatedTo(ChronoUnit.SECONDS),
        life.dividedBy(10));
  }
}
