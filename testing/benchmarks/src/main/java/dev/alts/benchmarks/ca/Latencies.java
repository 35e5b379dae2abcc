package dev.alts.benchmarks.ca;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** How long each call took, sorted. */
final class Latencies {
  private final long[] sortedNanos;

  private Latencies(long[] sortedNanos) {
    this.sortedNanos = sortedNanos;
  }

  int count() {
    return sortedNanos.length;
  }

  /** {@return milliseconds within which this part of all calls was answered} */
  double millis(double part) {
    int index = (int) Math.ceil(part * sortedNanos.length) - 1;
    return sortedNanos.length == 0 ? 0 : sortedNanos[Math.max(0, index)] / 1e6;
  }

  /** Takes them from many threads without a lock. */
  static final class Recorder {
    private final long[] nanos;
    private final AtomicInteger count = new AtomicInteger();

    Recorder(int most) {
      nanos = new long[most];
    }

    void add(long value) {
      int index = count.getAndIncrement();
      if (index < nanos.length) {
        nanos[index] = value;
      }
    }

    Latencies sorted() {
      long[] all = Arrays.copyOf(nanos, Math.min(count.get(), nanos.length));
      Arrays.sort(all);
      return new Latencies(all);
    }
  }
}
