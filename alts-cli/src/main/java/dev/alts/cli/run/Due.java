package dev.alts.cli.run;

import java.time.Duration;
import java.time.Instant;

/** When a job next renews its certificates, and when it makes a new handshake certificate. */
record Due(Instant renewal, Instant handshake) {
  private static final Duration REMADE_AFTER = Duration.ofMinutes(10);
  private static final Duration RETRY = Duration.ofSeconds(20);

  static Due from(Instant now, Instant renewAt) {
    return new Due(renewAt, now.plus(REMADE_AFTER));
  }

  Instant next() {
    return renewal.isBefore(handshake) ? renewal : handshake;
  }

  boolean isRenewal(Instant now) {
    return !now.isBefore(renewal);
  }

  /**
   * {@return what is due when a renewal was tried in vain} The handshake certificate stays due: who
   * has one token for its whole life tries until the end, and needs one until then.
   */
  Due notRenewed(Instant now) {
    return new Due(now.plus(RETRY), handshake);
  }

  Due remade(Instant now) {
    return new Due(renewal, now.plus(REMADE_AFTER));
  }
}
