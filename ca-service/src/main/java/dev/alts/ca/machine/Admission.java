package dev.alts.ca.machine;

import java.time.Duration;
import java.util.Comparator;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * How many calls work at once, and who is next when more want to: whoever has the least time left.
 * A few wait for a short while, all others are told at once when to come again, so that a crowd
 * costs little memory and no work. Thread-safe.
 */
final class Admission {
  /**
   * So that somebody without a hurry is served too: each so many turns the one who waits longest.
   */
  private static final int TURNS_BY_URGENCY = 4;

  private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);
  private static final Duration MEASURED_AFTER = Duration.ofMillis(500);
  private static final Duration MEASURED_OVER = Duration.ofSeconds(5);

  private final Limits limits;
  private final ReentrantLock lock = new ReentrantLock();
  private final NavigableSet<Waiting> byUrgency =
      new TreeSet<>(
          Comparator.comparing((Waiting one) -> one.timeLeft).thenComparingLong(one -> one.number));
  private final NavigableSet<Waiting> byArrival =
      new TreeSet<>(Comparator.comparingLong((Waiting one) -> one.number));
  private int working;
  private long arrivals;
  private long turns;
  private Rates rates = new Rates(System.nanoTime(), 0, 0);
  private Duration retryAfter = SHORTEST_RETRY;

  /**
   * @param atOnce calls that work
   * @param waiting calls that wait
   * @param patience how long one waits before it is sent away
   */
  record Limits(int atOnce, int waiting, Duration patience) {
    Limits {
      if (atOnce < 1 || waiting < 1) {
        throw new IllegalArgumentException(
            "alts.ca.machine.calls-at-once: %d (expected: at least 1)".formatted(atOnce));
      }
    }
  }

  /** What happened since. */
  private record Rates(long sinceNanos, long done, long refused) {}

  private static final class Waiting {
    private final Duration timeLeft;
    private final long number;
    private final Condition decided;
    private State state = State.WAITS;

    Waiting(Duration timeLeft, long number, Condition decided) {
      this.timeLeft = timeLeft;
      this.number = number;
      this.decided = decided;
    }
  }

  private enum State {
    WAITS,
    ADMITTED,
    REFUSED
  }

  Admission(Limits limits) {
    this.limits = limits;
  }

  /**
   * Does {@code work} when it is its turn.
   *
   * @param timeLeft asked for only if there is no room at once
   * @throws ApiException if there are too many who have less time left
   */
  void run(Supplier<Duration> timeLeft, Runnable work) {
    if (!entersAtOnce()) {
      await(timeLeft.get());
    }
    try {
      work.run();
    } finally {
      leave();
    }
  }

  private boolean entersAtOnce() {
    lock.lock();
    try {
      if (working < limits.atOnce() && byArrival.isEmpty()) {
        working++;
        return true;
      }
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void await(Duration timeLeft) {
    lock.lock();
    try {
      if (working < limits.atOnce() && byArrival.isEmpty()) {
        working++;
        return;
      }
      Waiting self = new Waiting(timeLeft, arrivals++, lock.newCondition());
      byUrgency.add(self);
      byArrival.add(self);
      if (byUrgency.size() > limits.waiting()) {
        refuse(byUrgency.last());
      }
      awaitDecision(self);
      if (self.state != State.ADMITTED) {
        throw ApiException.overloaded("the CA is busy; try again", retryAfter());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Who is interrupted is sent away, unless it was admitted at that moment. */
  private void awaitDecision(Waiting self) {
    long left = limits.patience().toNanos();
    try {
      while (self.state == State.WAITS && left > 0) {
        left = self.decided.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (self.state == State.WAITS) {
      refuse(self);
    }
  }

  private void refuse(Waiting one) {
    remove(one);
    one.state = State.REFUSED;
    one.decided.signal();
    rates = new Rates(rates.sinceNanos(), rates.done(), rates.refused() + 1);
  }

  private void remove(Waiting one) {
    byUrgency.remove(one);
    byArrival.remove(one);
  }

  private void leave() {
    lock.lock();
    try {
      rates = new Rates(rates.sinceNanos(), rates.done() + 1, rates.refused());
      if (byArrival.isEmpty()) {
        working--;
        return;
      }
      boolean urgent = ++turns % TURNS_BY_URGENCY != 0;
      Waiting next = urgent ? byUrgency.first() : byArrival.first();
      remove(next);
      next.state = State.ADMITTED;
      next.decided.signal();
    } finally {
      lock.unlock();
    }
  }

  /** The time that those who wait, and those who were sent away lately, would take. */
  private Duration retryAfter() {
    long passed = System.nanoTime() - rates.sinceNanos();
    if (passed > MEASURED_AFTER.toNanos()) {
      double perSecond = Math.max(1, rates.done() * 1e9 / passed);
      double seconds = (byArrival.size() + rates.refused()) / perSecond;
      retryAfter =
          Duration.ofMillis(
              Math.clamp(
                  (long) (seconds * 1000), SHORTEST_RETRY.toMillis(), LONGEST_RETRY.toMillis()));
    }
    if (passed > MEASURED_OVER.toNanos()) {
      rates = new Rates(System.nanoTime(), 0, 0);
    }
    return retryAfter;
  }

  /** {@return how many calls wait} */
  int waiting() {
    lock.lock();
    try {
      return byArrival.size();
    } finally {
      lock.unlock();
    }
  }

  /** Leaves what it can to calls, after a part of work that can wait. */
  void yieldAfter(Duration worked) throws InterruptedException {
    if (waiting() > 0) {
      TimeUnit.NANOSECONDS.sleep(2 * worked.toNanos());
    }
  }
}
