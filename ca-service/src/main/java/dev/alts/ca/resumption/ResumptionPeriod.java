package dev.alts.ca.resumption;

import java.time.Duration;
import java.time.Instant;

/**
 * Twelve hours, counted from 1970. A key seals during its period and opens until the end of the
 * next (handshake.md section 2).
 */
public record ResumptionPeriod(long number) {
  public static final Duration LENGTH = Duration.ofHours(12);

  public static ResumptionPeriod at(Instant time) {
    return new ResumptionPeriod(Math.floorDiv(time.getEpochSecond(), LENGTH.toSeconds()));
  }

  public ResumptionPeriod previous() {
    return new ResumptionPeriod(number - 1);
  }

  public Instant start() {
    return Instant.ofEpochSecond(number * LENGTH.toSeconds());
  }

  public Instant sealsUntil() {
    return start().plus(LENGTH);
  }

  public Instant opensUntil() {
    return start().plus(LENGTH.multipliedBy(2));
  }
}
