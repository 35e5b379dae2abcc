package dev.alts.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * Warms up by CPU time: on a busy machine a warm-up by the clock does too little, and what is
 * compared would be how far the compiler has come.
 */
final class WarmUp {
  /** System property: milliseconds of CPU time for each trial. */
  static final String PROPERTY = "alts.bench.warm-up-millis";

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

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

  private static void run(Operation operation, Duration cpu) throws Exception {
    long start = THREADS.getCurrentThreadCpuTime();
    while (THREADS.getCurrentThreadCpuTime() - start < cpu.toNanos()) {
      for (int i = 0; i < 20; i++) {
        operation.run();
      }
    }
  }
}
