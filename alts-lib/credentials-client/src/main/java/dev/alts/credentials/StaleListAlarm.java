package dev.alts.credentials;

import dev.alts.identity.document.RevocationList;
import dev.alts.identity.verify.StaleRevocation;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.identity.x509.Validity;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Raises an alarm when the own domain's revocation list is past its fresh-for (handshake.md section
 * 7), once a list: what the policy then does to new connections is decided elsewhere. Confined to
 * the connection's thread.
 */
final class StaleListAlarm {
  private final InstantSource clock;
  private final Timer timer;
  private final Consumer<String> alarm;
  private @Nullable Future<?> pending;
  private @Nullable RevocationList watched;

  /** Runs a task later on the same thread. */
  interface Timer {
    Future<?> schedule(Runnable task, Duration pause);
  }

  /**
   * @param alarm takes a line for the operator
   */
  StaleListAlarm(InstantSource clock, Timer timer, Consumer<String> alarm) {
    this.clock = clock;
    this.timer = timer;
    this.alarm = alarm;
  }

  /** From now on the list in {@code context} counts, if it is another one. */
  void watch(VerificationContext context) {
    RevocationList list =
        context.domain(context.ownDomain()).map(TrustedDomain::revocationList).orElse(null);
    if (list == null || list.equals(watched)) {
      return;
    }
    watched = list;
    if (pending != null) {
      boolean unused = pending.cancel(false);
    }
    look(list, context.whenStale());
  }

  // The clock may be set while we wait, so it is asked again and not only counted down.
  private void look(RevocationList list, StaleRevocation policy) {
    Instant end = list.issuedAt().plus(list.freshFor());
    Instant now = clock.instant();
    if (new Validity(list.issuedAt(), end).isOver(now)) {
      alarm.accept(
          "revocation list stale trustDomain=%s counter=%d freshUntil=%s policy=%s"
              .formatted(list.trustDomain(), list.counter(), end, text(policy)));
      return;
    }
    Duration left = Duration.between(now, end.plus(Validity.SKEW).plusSeconds(1));
    pending = timer.schedule(() -> look(list, policy), left);
  }

  private static String text(StaleRevocation policy) {
    return switch (policy) {
      case KEEP_SERVING -> "keep-serving (new connections go on until the list's end)";
      case REFUSE_NEW -> "refuse-new (no new connections)";
    };
  }
}
