package dev.alts.agent.credentials;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * When one certificate is to be renewed, by the CA's clock. Made once per certificate: drawing the
 * jitter again at every look would let nearly all of a fleet fire at the early edge (peers.md 4.2).
 */
public record RotationSchedule(Instant renewAt, Instant notAfter) {

  /**
   * {@return the schedule of a certificate}
   *
   * @param renewAt when the CA wants it renewed
   * @param jitter how much earlier at most; half of the time until {@code renewAt} at most counts
   */
  public static RotationSchedule of(
      Instant issuedAt,
      Instant renewAt,
      Duration jitter,
      Instant notAfter,
      RandomGenerator random) {
    Instant planned = renewAt;
    if (!planned.isAfter(issuedAt) || !planned.isBefore(notAfter)) {
      // A CA that names no usable time: half life, as everywhere in the field.
      planned = halfway(issuedAt, notAfter);
    }
    long room = Duration.between(issuedAt, planned).toMillis() / 2;
    long bound = Math.clamp(jitter.toMillis(), 0L, Math.max(0L, room));
    return new RotationSchedule(planned.minusMillis(random.nextLong(bound + 1)), notAfter);
  }

  public static Instant halfway(Instant from, Instant to) {
    return from.plusMillis(Duration.between(from, to).toMillis() / 2);
  }

  public boolean isDue(Instant now) {
    return !now.isBefore(renewAt);
  }

  public boolean isExpired(Instant now) {
    return now.isAfter(notAfter);
  }

  /** {@return the same certificate, to be renewed at once} */
  public RotationSchedule dueAt(Instant now) {
    return now.isBefore(renewAt) ? new RotationSchedule(now, notAfter) : this;
  }
}
