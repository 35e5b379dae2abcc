package dev.alts.agent.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.api.credentials.v1.ReportRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The newest report of each process on this machine, for its owner: counters, the latest denials,
 * who is still spoken to in clear text. What a report says is its process's word and decides
 * nothing.
 *
 * <p>Bounded for each user, so that none can push out another's reports or fill the agent's memory
 * (abuse-29). Thread-safe.
 */
final class ProcessReports {
  static final int MAX_REPORT_BYTES = 40 << 10;
  static final int MAX_PROCESSES = 256;
  static final int MAX_PROCESSES_PER_USER = 32;
  static final int MAX_ITEMS = 100;
  static final int MAX_COUNTERS = 64;

  // a library repeats its report every two minutes
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final InstantSource clock;

  // the one that was renewed last is last
  @GuardedBy("this")
  private final Map<Reporter, Kept> newest = new LinkedHashMap<>();

  /** A process that reports, as the kernel names it. */
  record Reporter(int pid, int uid) {}

  /** What a process said last. */
  record Kept(Reporter process, Instant at, ReportRequest report) {}

  ProcessReports(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Puts {@code report} in the place of the process's last one.
   *
   * @throws DeliveryException if it is larger than a report may be
   */
  void put(Reporter process, ReportRequest report) throws DeliveryException {
    requireWithinLimits(report);
    synchronized (this) {
      forgetOld();
      newest.remove(process);
      makeRoomFor(process.uid());
      newest.put(process, new Kept(process, clock.instant(), report));
    }
  }

  /** {@return the reports of the users that {@code seen} accepts, longest unchanged first} */
  synchronized List<Kept> of(IntPredicate seen) {
    forgetOld();
    return newest.values().stream().filter(kept -> seen.test(kept.process().uid())).toList();
  }

  /** {@return the newest report of {@code process}, if it is kept still} */
  synchronized Optional<Kept> find(Reporter process) {
    forgetOld();
    return Optional.ofNullable(newest.get(process));
  }

  @GuardedBy("this")
  private void forgetOld() {
    Instant oldest = clock.instant().minus(KEPT);
    newest.values().removeIf(kept -> kept.at().isBefore(oldest));
  }

  @GuardedBy("this")
  private void makeRoomFor(int uid) {
    List<Reporter> same = newest.keySet().stream().filter(other -> other.uid() == uid).toList();
    if (same.size() >= MAX_PROCESSES_PER_USER) {
      newest.remove(same.getFirst());
    } else if (newest.size() >= MAX_PROCESSES) {
      newest.remove(oldestOfTheBusiestUser());
    }
  }

  /** Else a crowd of users with one process each would push out whoever was first. */
  @GuardedBy("this")
  private Reporter oldestOfTheBusiestUser() {
    Map<Integer, Integer> processes = new LinkedHashMap<>();
    newest.keySet().forEach(process -> processes.merge(process.uid(), 1, Integer::sum));
    int most = processes.values().stream().mapToInt(Integer::intValue).max().orElseThrow();
    return newest.keySet().stream()
        .filter(process -> processes.getOrDefault(process.uid(), 0) == most)
        .findFirst()
        .orElseThrow();
  }

  private static void requireWithinLimits(ReportRequest report) throws DeliveryException {
    requireAtMost(MAX_REPORT_BYTES, report.getSerializedSize(), "bytes");
    requireAtMost(MAX_COUNTERS, report.getCountersCount(), "counters");
    requireAtMost(MAX_ITEMS, report.getDenialsCount(), "denials");
    requireAtMost(MAX_ITEMS, report.getClearTextPeersCount(), "clear-text peers");
    requireAtMost(MAX_ITEMS, report.getUnnamedTargetsCount(), "unnamed targets");
  }

  private static void requireAtMost(int limit, int count, String what) throws DeliveryException {
    if (count > limit) {
      throw new DeliveryException(
          Reason.BAD_REQUEST, "report: %d %s (expected: at most %d)".formatted(count, what, limit));
    }
  }
}
