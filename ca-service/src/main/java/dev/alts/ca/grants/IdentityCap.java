package dev.alts.ca.grants;

import dev.alts.ca.attestation.MachineName;
import dev.alts.identity.SpiffeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many identities a machine may hold at a time. Thread-safe.
 *
 * <p>It counts in the database once a minute for each machine, and again as soon as what was asked
 * for since could have reached the cap. What the machine was given by other replicas meanwhile is
 * not seen before the next count: the cap bounds a machine gone wild, it is no accounting.
 */
public final class IdentityCap {
  private static final Duration COUNT_AGAIN = Duration.ofMinutes(1);
  private static final int MAX_MACHINES = 100_000;

  private final GrantRows rows;
  private final int most;
  private final InstantSource clock;
  private final Map<MachineName, Counted> counted =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<MachineName, Counted> eldest) {
          return size() > MAX_MACHINES;
        }
      };

  public IdentityCap(GrantRows rows, int most, InstantSource clock) {
    this.rows = rows;
    this.most = most;
    this.clock = clock;
  }

  /**
   * A count and what came after it.
   *
   * @param atMost identities that the machine may hold by now
   */
  private record Counted(Instant at, int atMost) {}

  /** {@return whether the machine may be given {@code identity}} */
  public boolean permits(MachineName machine, SpiffeId identity) {
    Instant now = clock.instant();
    synchronized (counted) {
      Counted last = counted.get(machine);
      if (last != null && now.isBefore(last.at().plus(COUNT_AGAIN)) && last.atMost() < most) {
        counted.put(machine, new Counted(last.at(), last.atMost() + 1));
        return true;
      }
    }
    int count = rows.countIdentities(machine);
    synchronized (counted) {
      counted.put(machine, new Counted(now, count + 1));
    }
    return count < most || rows.holds(machine, identity);
  }
}
