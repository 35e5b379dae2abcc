package dev.alts.ca.replica;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties below {@code alts.ca.replica}.
 *
 * @param lease how long a replica may act without hearing from the database, 1 s to 1 min; a
 *     shorter one ends sooner what a lost replica can do, a longer one rides out longer pauses
 */
@ConfigurationProperties("alts.ca.replica")
record ReplicaProperties(@DefaultValue("15s") Duration lease) {
  Duration checkedLease() {
    if (lease.compareTo(Duration.ofSeconds(1)) < 0 || lease.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException(
          "alts.ca.replica.lease: %s (expected: 1 s to 1 min)".formatted(lease));
    }
    return lease;
  }
}
