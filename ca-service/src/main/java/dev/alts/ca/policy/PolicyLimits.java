package dev.alts.ca.policy;

import java.time.Duration;

/** What rules may ask for at most. */
public record PolicyLimits(Duration minTtl, Duration maxTtl, int maxRules) {
  /** For versions that were checked when they were applied. */
  static final PolicyLimits OF_STORED =
      new PolicyLimits(Duration.ofSeconds(1), Duration.ofDays(3650), Integer.MAX_VALUE);

  public static final PolicyLimits DEFAULT = atMost(Duration.ofHours(24));

  public static PolicyLimits atMost(Duration maxTtl) {
    return new PolicyLimits(Duration.ofSeconds(10), maxTtl, 500);
  }
}
