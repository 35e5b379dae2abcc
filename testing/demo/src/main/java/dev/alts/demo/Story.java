package dev.alts.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * What the audience reads: scenes, what happened in them and how long it took. Whatever takes over
 * two seconds shows that it is still going on.
 */
public final class Story {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintStream out;
  private final boolean terminal;

  public Story(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  public synchronized void scene(String title) {
    out.println();
    out.println("== " + title);
  }

  public synchronized void done(String what) {
    out.println("   \u2714 " + what);
  }

  public void done(String what, Duration time) {
    done("%s (%s)".formatted(what, shown(time)));
  }

  public synchronized void detail(String line) {
    out.println("     " + line);
  }

  /** {@return the result of {@code work}, which the audience waits for} */
  public <T> T await(String what, Callable<T> work) throws Exception {
    long start = System.nanoTime();
    Thread progress = Thread.ofVirtual().start(() -> showProgress(what, start));
    try {
      return work.call();
    } finally {
      progress.interrupt();
      progress.join();
    }
  }

  public static Duration since(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }

  public static String shown(Duration time) {
    long millis = time.toMillis();
    return millis < 1000 ? millis + " ms" : "%.1f s".formatted(millis / 1000.0);
  }

  private void showProgress(String what, long start) {
    try {
      Thread.sleep(PATIENCE);
      while (true) {
        show(what + " ... " + since(start).toSeconds() + " s");
        Thread.sleep(terminal ? 500 : 5000);
      }
    } catch (InterruptedException e) {
      // the work is done
      if (terminal) {
        show("");
      }
    }
  }

  private synchronized void show(String line) {
    if (terminal) {
      out.print(CLEAR_LINE + (line.isEmpty() ? "" : "     " + line));
      out.flush();
    } else {
      out.println("     " + line);
    }
  }
}
