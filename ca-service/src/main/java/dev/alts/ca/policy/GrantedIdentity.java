package dev.alts.ca.policy;

import dev.alts.identity.SpiffeId;
import java.time.Duration;

/**
 * An identity that the facts give, and on which terms.
 *
 * @param ofMachine whether it is the machine's own identity, which the agent holds already
 * @param terms with facts in the place of braces
 */
public record GrantedIdentity(
    SpiffeId spiffeId,
    String rule,
    String hint,
    Duration ttl,
    boolean clearBoundary,
    boolean ofMachine,
    RuleTerms terms) {}
