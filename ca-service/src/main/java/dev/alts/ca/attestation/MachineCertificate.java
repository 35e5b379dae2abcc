package dev.alts.ca.attestation;

import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import java.time.Instant;

/**
 * A certificate of a machine itself.
 *
 * @param sha256 of its DER
 * @param mayDelegate whether it is the master; else it is for TLS
 */
public record MachineCertificate(
    Bytes sha256, boolean mayDelegate, RevocationId revocationId, Instant notAfter) {}
