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
 * @param terms what else the rule gave, as one text; empty: nothing out of the ordinary
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
    String terms,
    Instant issuedAt,
    Instant notAfter) {}
