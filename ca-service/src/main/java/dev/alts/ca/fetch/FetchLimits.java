package dev.alts.ca.fetch;

import java.time.Duration;

/**
 * What a fetch may cost.
 *
 * @param time from the first look-up of the name to the last byte
 * @param bodyBytes longest body
 */
public record FetchLimits(Duration time, int bodyBytes) {
  public FetchLimits {
    if (time.isNegative() || time.isZero() || bodyBytes < 1) {
      throw new IllegalArgumentException(
          "limits: %s, %d bytes (expected: both above 0)".formatted(time, bodyBytes));
    }
  }
}
