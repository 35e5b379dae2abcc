package dev.alts.agent.handshaker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Lets only so many compute at once, and those that wait by turns of their processes: one that
 * begins hundreds of handshakes waits for itself. Thread-safe.
 */
final class FairTurns {
  private final Object lock = new Object();

  // the process whose turn it is first
  @GuardedBy("lock")
  private final Map<String, ArrayDeque<CountDownLatch>> waiting = new LinkedHashMap<>();

  @GuardedBy("lock")
  private int free;

  /** A piece of work that takes a turn. */
  interface Work<T, E extends Exception> {
    T run() throws E;
  }

  FairTurns(int atOnce) {
    this.free = atOnce;
  }

  /**
   * {@return what {@code work} gives, once it is the turn of {@code process}}
   *
   * @throws InterruptedException while waiting; {@code work} was not begun then
   */
  <T, E extends Exception> T take(String process, Work<T, E> work) throws E, InterruptedException {
    await(process);
    try {
      return work.run();
    } finally {
      pass();
    }
  }

  private void await(String process) throws InterruptedException {
    CountDownLatch turn = new CountDownLatch(1);
    synchronized (lock) {
      if (free > 0) {
        free--;
        return;
      }
      waiting.computeIfAbsent(process, _ -> new ArrayDeque<>()).add(turn);
    }
    try {
      turn.await();
    } catch (InterruptedException e) {
      if (!leave(process, turn)) {
        // It was given the turn meanwhile, and somebody else has to have it.
        pass();
      }
      throw e;
    }
  }

  private boolean leave(String process, CountDownLatch turn) {
    synchronized (lock) {
      ArrayDeque<CountDownLatch> own = waiting.get(process);
      if (own == null || !own.remove(turn)) {
        return false;
      }
      if (own.isEmpty()) {
        waiting.remove(process);
      }
      return true;
    }
  }

  private void pass() {
    synchronized (lock) {
      var first = waiting.entrySet().iterator();
      if (!first.hasNext()) {
        free++;
        return;
      }
      var next = first.next();
      first.remove();
      next.getValue().remove().countDown();
      if (!next.getValue().isEmpty()) {
        // behind all others
        waiting.put(next.getKey(), next.getValue());
      }
    }
  }
}
