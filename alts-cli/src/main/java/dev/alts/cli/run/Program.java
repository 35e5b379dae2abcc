package dev.alts.cli.run;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program of a {@link Job}. Who ends us ends it, and what it was given goes in any case: that
 * holds from when this is made, before there is a program.
 */
final class Program implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int KILLED = 137;
  private static final int TERMINATED = 143;

  private final PrivateDirectory given;
  private final Thread ended = new Thread(this::end, "job-end");
  private final Object lock = new Object();
  private @Nullable Process process;
  private boolean ending;

  Program(PrivateDirectory given) {
    this.given = given;
    Runtime.getRuntime().addShutdownHook(ended);
  }

  /** {@return its exit code} */
  int run(ProcessBuilder builder) throws IOException {
    Process started;
    synchronized (lock) {
      if (ending) {
        return TERMINATED;
      }
      started = builder.start();
      process = started;
    }
    try {
      return started.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return terminated(started);
    }
  }

  private void end() {
    Process running;
    synchronized (lock) {
      ending = true;
      running = process;
    }
    int code = running == null ? TERMINATED : terminated(running);
    try {
      given.close();
    } catch (IOException | DirectoryIteratorException e) {
      // The process ends now; there is nobody left to do it.
      System.err.println("altsctl: not wiped: " + e.getMessage());
    }
    Runtime.getRuntime().halt(code);
  }

  private static int terminated(Process program) {
    program.destroy();
    try {
      if (program.waitFor(GRACE.toSeconds(), TimeUnit.SECONDS)) {
        return program.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    program.destroyForcibly();
    return KILLED;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(ended);
    } catch (IllegalStateException e) {
      // We are being ended already: the hook does it all and never comes back.
      Thread.onSpinWait();
    }
  }
}
