package dev.alts.ca.issuance;

import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.time.Instant;

/**
 * What the record says about a certificate.
 *
 * @param serial lower-case hexadecimal
 */
public record RecordedCertificate(
    String serial,
    RevocationId revocationId,
    SpiffeId subject,
    CertificateProfile profile,
    String boundary,
    String machine,
    String authorizedBy,
    Instant issuedAt,
    Instant notAfter) {}
