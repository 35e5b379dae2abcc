package dev.alts.ca.machine;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How old connections get, so that agents spread over replicas that came later, and certificates
 * are looked at again.
 *
 * <p>An agent's stream ends first, in peace: it connects anew and resumes. Only a connection whose
 * agent goes on with it past that is told to go away, and cut in the end. Thread-safe.
 *
 * @param most after which the server tells a connection to go away
 */
record ConnectionAge(Duration most, RandomGenerator random) {
  /** From GOAWAY to the end of a connection. */
  static final Duration GRACE = Duration.ofMinutes(1);

  ConnectionAge {
    if (most.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException(
          "alts.ca.machine.connection-age: %s (expected: at least 1s)".formatted(most));
    }
  }

  /**
   * {@return an age for one stream, between 6 and 8 tenths: agents that came together leave apart}
   * gRPC varies its own by a tenth.
   */
  Duration ofStream() {
    long millis = most.toMillis();
    return Duration.ofMillis(millis * 6 / 10 + random.nextLong(millis * 2 / 10 + 1));
  }
}
