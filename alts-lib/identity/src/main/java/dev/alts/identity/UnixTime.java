package dev.alts.identity;

import java.time.Instant;

/** Times on the wire: Unix seconds from 1970 to the end of the year 9999. */
public final class UnixTime {
  private static final long MAX_SECONDS = 253_402_300_799L;

  private UnixTime() {}

  /**
   * {@return the time}
   *
   * @throws IllegalArgumentException outside the range
   */
  public static Instant parse(long seconds) {
    if (seconds < 0 || seconds > MAX_SECONDS) {
      throw new IllegalArgumentException(
          "time: %d (expected: Unix seconds up to the year 9999)".formatted(seconds));
    }
    return Instant.ofEpochSecond(seconds);
  }
}
