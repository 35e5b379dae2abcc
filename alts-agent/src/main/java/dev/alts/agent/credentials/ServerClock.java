package dev.alts.agent.credentials;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The CA's clock as far as this machine knows it: the last time that the CA stated plus what a
 * monotonic timer has counted since. A jump of the machine's own clock therefore neither expires
 * nor delays anything (abuse-55). Before the CA has spoken it is the machine's clock at start.
 *
 * <p>Thread-safe.
 */
public final class ServerClock implements InstantSource {
  /** Below this the difference is the network's delay and the CA's whole seconds. */
  private static final Duration TOLERANCE = Duration.ofSeconds(2);

  private final InstantSource machineClock;
  private final LongSupplier nanoTime;
  private volatile Anchor anchor;

  private record Anchor(Instant time, long nanos, boolean stated) {}

  /**
   * @param machineClock the machine's own clock, which anyone may have set
   * @param nanoTime a monotonic timer like {@link System#nanoTime}
   */
  public ServerClock(InstantSource machineClock, LongSupplier nanoTime) {
    this.machineClock = machineClock;
    this.nanoTime = nanoTime;
    this.anchor = new Anchor(machineClock.instant(), nanoTime.getAsLong(), false);
  }

  @Override
  public Instant instant() {
    Anchor current = anchor;
    return current.time().plusNanos(nanoTime.getAsLong() - current.nanos());
  }

  /** Takes note of the time that the CA stated just now. */
  public void learn(Instant serverTime) {
    Duration difference = Duration.between(instant(), serverTime).abs();
    if (!anchor.stated() || difference.compareTo(TOLERANCE) > 0) {
      anchor = new Anchor(serverTime, nanoTime.getAsLong(), true);
    }
  }

  /**
   * Takes note of a time that the CA has certainly passed, such as the issue of a certificate: a
   * machine whose own clock is behind starts from there.
   */
  public void passed(Instant time) {
    Anchor current = anchor;
    if (instant().isBefore(time)) {
      anchor = new Anchor(time, nanoTime.getAsLong(), current.stated());
    }
  }

  /** {@return the CA's clock minus this machine's, in whole seconds} */
  public Duration offset() {
    return Duration.ofSeconds(
        Math.round(Duration.between(machineClock.instant(), instant()).toMillis() / 1000.0));
  }
}
