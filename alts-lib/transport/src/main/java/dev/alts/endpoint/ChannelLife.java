package dev.alts.endpoint;

import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.CredentialSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * How long a connection lives (handshake.md section 7): it is to be replaced in good order before
 * its end, at a moment drawn anew, so that channels that were opened together do not end together.
 *
 * @param replaceAfter when no new work may begin
 * @param grace how long what runs then may go on; the sum is never above the maximum
 */
public record ChannelLife(Duration replaceAfter, Duration grace) {
  private static final double EARLIEST = 0.80;
  private static final double LATEST = 0.95;
  private static final Duration TAINTED_MIN = Duration.ofSeconds(5);
  private static final Duration TAINTED_MAX = Duration.ofSeconds(30);

  // Allowance on the ends of validities (handshake.md section 2).
  private static final Duration SKEW = Duration.ofSeconds(60);

  /** {@return the life of a connection with this peer that begins now} */
  static ChannelLife of(
      CredentialSnapshot credential, PeerFacts peer, Instant now, RandomGenerator random) {
    Duration maximum = credential.maxChannelLife();
    if (credential.endChannelsWithPeerCertificate()) {
      Duration certified = Duration.between(now, peer.masterNotAfter().plus(SKEW));
      maximum = certified.compareTo(maximum) < 0 ? certified : maximum;
    }
    return within(maximum.isNegative() ? Duration.ZERO : maximum, random);
  }

  /**
   * {@return how long a connection goes on whose authority was tainted, drawn anew} Its peer gets a
   * new certificate meanwhile: replaced at once it would rest on the old one again.
   */
  static Duration taintedDelay(RandomGenerator random) {
    return Duration.ofMillis(random.nextLong(TAINTED_MIN.toMillis(), TAINTED_MAX.toMillis()));
  }

  static ChannelLife within(Duration maximum, RandomGenerator random) {
    double part = EARLIEST + (LATEST - EARLIEST) * random.nextDouble();
    Duration replaceAfter = Duration.ofMillis((long) (maximum.toMillis() * part));
    return new ChannelLife(replaceAfter, maximum.minus(replaceAfter));
  }
}
