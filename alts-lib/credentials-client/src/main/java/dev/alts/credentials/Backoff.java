package dev.alts.credentials;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Growing pauses between attempts, each drawn anew: a thousand processes whose agent restarts must
 * not come back in the same millisecond.
 *
 * <p>Not thread-safe; confined to the watch that owns it.
 */
final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private int failures;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
  }

  /** {@return the next pause: between half and the whole of the doubled previous limit} */
  Duration next() {
    long limit = first.toMillis() << Math.min(failures, 20);
    limit = Math.min(limit, longest.toMillis());
    failures++;
    return Duration.ofMillis(limit / 2 + random.nextLong(limit / 2 + 1));
  }

  /** An attempt succeeded: the next pause is short again. */
  void reset() {
    failures = 0;
  }
}
