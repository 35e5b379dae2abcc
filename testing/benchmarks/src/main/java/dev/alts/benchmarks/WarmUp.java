package dev.alts.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * Warms up by CPU time, and until it no longer helps: on a busy machine the compiler comes late,
 * and a warm-up by the clock would compare how far it has come.
 */
final class WarmUp {
  /** System property: least milliseconds of CPU time for each trial. */
  static final String PROPERTY = "alts.bench.warm-up-millis";

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Parts of the least warm-up whose speeds are compared. */
  private static final int WINDOWS = 4;

  /** Nothing gets this many times the least warm-up, even if it still becomes faster. */
  private static final int MOST = 4;

  /** An improvement below this is taken for noise. */
  private static final double NOISE = 0.02;

  private WarmUp() {}

  interface Operation {
    void run() throws Exception;
  }

  static void run(Operation operation) throws Exception {
    run(operation, Duration.ofMillis(millis()));
  }

  /** For what takes microseconds: a quarter of the time is a hundred thousand times. */
  static void briefly(Operation operation) throws Exception {
    run(operation, Duration.ofMillis(millis() / 4));
  }

  private static long millis() {
    return Long.getLong(PROPERTY, 3_000);
  }

  private static void run(Operation operation, Duration least) throws Exception {
    long window = least.toNanos() / WINDOWS;
    double best = Double.MAX_VALUE;
    int withoutGain = 0;
    for (int i = 0; i < MOST * WINDOWS && (i < WINDOWS || withoutGain < 2); i++) {
      double nanos = window(operation, window);
      withoutGain = nanos > best * (1 - NOISE) ? withoutGain + 1 : 0;
      best = Math.min(best, nanos);
    }
  }

  /** {@return nanoseconds of CPU time for each operation} */
  private static double window(Operation operation, long nanos) throws Exception {
    long start = THREADS.getCurrentThreadCpuTime();
    long operations = 0;
    long used = 0;
    while (used < nanos) {
      for (int i = 0; i < 20; i++) {
        operation.run();
      }
      operations += 20;
      used = THREADS.getCurrentThreadCpuTime() - start;
    }
    return (double) used / operations;
  }
}
