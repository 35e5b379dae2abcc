package dev.alts.agent.credentials;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waiting times between attempts: doubled up to a limit, each drawn from the upper half of its
 * range, so that agents that failed together do not come back together.
 *
 * <p>Not thread-safe.
 */
public final class Backoff {
  private final Duration first;
  private final Duration longest;
  private final RandomGenerator random;
  private Duration next;

  public Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.first = first;
    this.longest = longest;
    this.random = random;
    this.next = first;
  }

  /** {@return how long to wait before the next attempt} */
  public Duration next() {
    long millis = next.toMillis();
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(longest) > 0 ? longest : doubled;
    return Duration.ofMillis(millis - random.nextLong(millis / 2 + 1));
  }

  /**
   * {@return how long to wait before the next attempt, and no less than the CA asked for} Up to
   * half of that is added, so that those who were sent away together do not come back together.
   */
  public Duration next(Duration atLeast) {
    Duration own = next();
    if (!atLeast.isPositive()) {
      return own;
    }
    long millis = atLeast.toMillis();
    Duration obeyed = Duration.ofMillis(millis + random.nextLong(millis / 2 + 1));
    return obeyed.compareTo(own) > 0 ? obeyed : own;
  }

  /** An attempt succeeded. */
  public void reset() {
    next = first;
  }
}
