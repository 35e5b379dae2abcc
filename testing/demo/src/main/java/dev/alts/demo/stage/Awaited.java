package dev.alts.demo.stage;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waiting for something that another process brings about, with an end. */
final class Awaited {
  private static final Duration PAUSE = Duration.ofMillis(30);

  private Awaited() {}

  /** {@return the first value of {@code attempt}, tried until {@code limit} or the child's end} */
  static <T> T from(Child child, String what, Duration limit, Supplier<Optional<T>> attempt)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<T> value = attempt.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (!child.isAlive()) {
        throw child.failure("ended before it " + what);
      }
      Thread.sleep(PAUSE);
    }
    throw child.failure("has not within %d s: %s".formatted(limit.toSeconds(), what));
  }
}
