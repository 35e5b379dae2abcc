package dev.alts.ca.policy;

import java.time.Instant;

/** Who made a version of the rules, when and why, without the rules themselves. */
public record RuleSetSummary(
    long version, int rules, String author, String reason, Instant createdAt) {}
