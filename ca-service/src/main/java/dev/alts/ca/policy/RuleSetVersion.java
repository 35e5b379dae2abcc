package dev.alts.ca.policy;

import java.time.Instant;
import java.util.List;

/** A version of the rules as it is kept: what, by whom, why. */
public record RuleSetVersion(
    long version, List<RuleDraft> rules, String author, String reason, Instant createdAt) {
  public RuleSetVersion {
    rules = List.copyOf(rules);
  }
}
