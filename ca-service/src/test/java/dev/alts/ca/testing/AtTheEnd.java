package dev.alts.ca.testing;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What tests end or delete when their JVM ends, last begun first. Hooks of the JVM run all at once:
 * a CA would be closed while its database is stopped, and would wait for connections in vain.
 * Thread-safe.
 */
public final class AtTheEnd {
  private static final Deque<Runnable> STEPS = new ArrayDeque<>();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(AtTheEnd::run, "end of the tests"));
  }

  private AtTheEnd() {}

  public static void of(Runnable step) {
    synchronized (STEPS) {
      STEPS.push(step);
    }
  }

  private static void run() {
    synchronized (STEPS) {
      STEPS.forEach(AtTheEnd::attempt);
    }
  }

  /** What comes after it is ended all the same. */
  private static void attempt(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException e) {
      e.printStackTrace();
    }
  }
}
