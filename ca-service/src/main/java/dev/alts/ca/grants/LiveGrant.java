package dev.alts.ca.grants;

import dev.alts.ca.attestation.MachineName;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.time.Instant;

/**
 * A certificate that a machine holds for one of its processes.
 *
 * @param question what the machine said about the process, as it said it
 * @param resumes whether resumption keys of the identity went with it
 */
public record LiveGrant(
    RevocationId revocationId,
    MachineName machine,
    SpiffeId spiffeId,
    String boundary,
    String rule,
    long ruleVersion,
    Bytes question,
    boolean resumes,
    Instant issuedAt,
    Instant notAfter) {}
