package dev.alts.ca.issuance;

import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.time.Duration;
import java.time.Instant;

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
    Duration renewJitter) {}
