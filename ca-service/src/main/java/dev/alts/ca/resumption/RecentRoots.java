package dev.alts.ca.resumption;

import dev.alts.ca.resumption.ResumptionRoots.Root;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps the opened roots of the present and the previous period, which every hand-out needs, and no
 * others. A root that was committed never changes. Thread-safe.
 */
final class RecentRoots {
  private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

  private final ResumptionRoots roots;
  private final LongSupplier nanoTime;
  private final Map<ResumptionPeriod, Root> opened = new HashMap<>();
  private final Map<ResumptionPeriod, Long> absentSince = new HashMap<>();

  /**
   * @param nanoTime as of {@link System#nanoTime()}
   */
  RecentRoots(ResumptionRoots roots, LongSupplier nanoTime) {
    this.roots = roots;
    this.nanoTime = nanoTime;
  }

  /**
   * {@return a copy of the root of the present period, drawn now if there is none yet} Never within
   * a transaction, whose end may take the root back.
   */
  synchronized Root drawn(ResumptionPeriod present) {
    forgetBefore(present.previous());
    return opened.computeIfAbsent(present, roots::drawn).copy();
  }

  /**
   * {@return a copy of the root of a period, if one was drawn then, as of a minute ago at least}
   */
  synchronized Optional<Root> find(ResumptionPeriod period) {
    if (!opened.containsKey(period) && !isAbsent(period)) {
      roots
          .find(period)
          .ifPresentOrElse(
              root -> opened.put(period, root),
              () -> absentSince.put(period, nanoTime.getAsLong()));
    }
    return Optional.ofNullable(opened.get(period)).map(Root::copy);
  }

  /** Another replica, whose period ends a moment later, may still draw a root of it. */
  private boolean isAbsent(ResumptionPeriod period) {
    Long since = absentSince.get(period);
    return since != null && nanoTime.getAsLong() - since < LOOK_AGAIN.toNanos();
  }

  /** Wipes roots from which nothing is made any more. */
  synchronized void forgetBefore(ResumptionPeriod oldest) {
    absentSince.keySet().removeIf(period -> period.number() < oldest.number());
    opened
        .entrySet()
        .removeIf(entry -> {
          boolean old = entry.getKey().number() < oldest.number();
          if (old) {
            entry.getValue().close();
          }
          return old;
        });
  }
}
