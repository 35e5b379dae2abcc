package dev.alts.agent.credentials;

import dev.alts.api.machine.v1.GrantChange;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Changes of grants whose certificate is not here yet: what the CA pushes may overtake its answer,
 * and a certificate that was taken back on its way must not serve until it ends. Bounded in number
 * and time. Thread-safe.
 */
final class EarlyChanges {
  private static final int MAX_CHANGES = 10_000;

  /** No answer takes longer. */
  private static final Duration LIFE = Duration.ofMinutes(2);

  private final Map<Long, Early> byRevocationId = new ConcurrentHashMap<>();

  private record Early(GrantChange change, Duration spread, Instant since) {}

  /** Tells whether a change concerned anything, after it was made. */
  interface Attempt {
    boolean apply(GrantChange change, Duration spread);
  }

  void add(GrantChange change, Duration spread, Instant now) {
    if (change.getRevocationId() != 0 && byRevocationId.size() < MAX_CHANGES) {
      byRevocationId.put(change.getRevocationId(), new Early(change, spread, now));
    }
  }

  void retry(Instant now, Attempt attempt) {
    byRevocationId
        .values()
        .removeIf(early ->
            attempt.apply(early.change(), early.spread())
                || early.since().plus(LIFE).isBefore(now));
  }
}
