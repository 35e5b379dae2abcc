package dev.alts.ca.issuance;

import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.UUID;

/**
 * What the record says about a certificate.
 *
 * @param serial lower-case hexadecimal
 * @param incarnation life of the replica that issued it, as in the audit log
 * @param revoked whether the list that was asked about takes it back
 */
public record RecordedCertificate(
    String serial,
    RevocationId revocationId,
    SpiffeId subject,
    CertificateProfile profile,
    String boundary,
    String machine,
    String authorizedBy,
    String requester,
    UUID incarnation,
    Instant issuedAt,
    Instant notAfter,
    boolean revoked) {}
