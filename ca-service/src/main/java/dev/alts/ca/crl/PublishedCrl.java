package dev.alts.ca.crl;

import dev.alts.identity.Bytes;
import java.time.Instant;

/**
 * A list as it is given out.
 *
 * @param number grows with each list of its authority (RFC 5280 5.2.3)
 * @param der CertificateList
 */
public record PublishedCrl(
    long number, int entries, Bytes der, Instant thisUpdate, Instant nextUpdate) {}
