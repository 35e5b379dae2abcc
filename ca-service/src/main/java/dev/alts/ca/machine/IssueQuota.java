package dev.alts.ca.machine;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many certificates a machine may ask for: a bucket per machine that refills steadily. Counts
 * per replica and in memory; it protects us from a machine gone wild, it is no accounting.
 * Thread-safe.
 */
final class IssueQuota {
  private static final int MAX_MACHINES = 100_000;

  private final int perMinute;
  private final InstantSource clock;
  private final Map<String, Bucket> buckets =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
          return size() > MAX_MACHINES;
        }
      };

  private record Bucket(double left, Instant at) {}

  IssueQuota(int perMinute, InstantSource clock) {
    this.perMinute = perMinute;
    this.clock = clock;
  }

  /** {@return whether one more is within the quota of {@code machine}} */
  boolean take(String machine) {
    return take(machine, 1) == 1;
  }

  /** {@return how many of {@code wanted} are within the quota of {@code machine}} */
  synchronized int take(String machine, int wanted) {
    Instant now = clock.instant();
    Bucket bucket = buckets.getOrDefault(machine, new Bucket(perMinute, now));
    Duration passed = Duration.between(bucket.at(), now);
    double refilled = passed.isNegative() ? 0 : passed.toMillis() * perMinute / 60_000.0;
    double left = Math.min(perMinute, bucket.left() + refilled);
    int taken = (int) Math.min(wanted, Math.floor(left));
    buckets.put(machine, new Bucket(left - taken, now));
    return taken;
  }
}
