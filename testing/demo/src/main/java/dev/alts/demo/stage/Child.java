package dev.alts.demo.stage;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One process that we started. Its errors go to a log file; its output can be read line by line.
 *
 * <p>Stopping it stops what it started too, such as the CA's database.
 */
public final class Child implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(15);

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts {@code builder} with everything that it prints in {@code log}. */
  static Child startServer(String name, ProcessBuilder builder, Path log) {
    // a pipe that nobody reads would fill up and stop it
    return start(name, builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())), log);
  }

  /** Starts {@code builder} with its errors in {@code log}. */
  static Child start(String name, ProcessBuilder builder, Path log) {
    try {
      return new Child(
          name, builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start(), log);
    } catch (IOException e) {
      throw new UncheckedIOException("starting " + name, e);
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** {@return what the process prints; one reader only} */
  public BufferedReader output() {
    return process.inputReader(StandardCharsets.UTF_8);
  }

  /** {@return what the process reads; closing it is the way to end a workload} */
  public BufferedWriter input() {
    return process.outputWriter(StandardCharsets.UTF_8);
  }

  /** {@return the exit status, awaited for at most {@code limit}} */
  public int await(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw failure("still runs after " + limit.toSeconds() + " s");
    }
    return process.exitValue();
  }

  /** Ends the process without giving it a chance, as a crash would. */
  public void crash() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** {@return the exit status after SIGTERM, awaited for at most {@code limit}} */
  public int terminate(Duration limit) throws InterruptedException {
    process.destroy();
    return await(limit);
  }

  /** {@return a failure that quotes the end of the process's log} */
  public IllegalStateException failure(String what) {
    return new IllegalStateException("%s: %s\n%s".formatted(name, what, endOfLog()));
  }

  @Override
  public void close() {
    // What outlives its parent loses it: note the descendants before.
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroy();
    if (!hasEnded(process.toHandle(), GRACE)) {
      process.destroyForcibly();
    }
    for (ProcessHandle descendant : descendants) {
      if (!hasEnded(descendant, Duration.ofSeconds(5))) {
        descendant.destroyForcibly();
      }
    }
  }

  /** {@return the lines that it has written to its log so far} */
  public List<String> log() {
    try (Stream<String> lines = Files.lines(log)) {
      return lines.toList();
    } catch (IOException e) {
      throw new UncheckedIOException("reading the log of " + name, e);
    }
  }

  String endOfLog() {
    try (Stream<String> lines = Files.lines(log)) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 25), all.size()));
    } catch (IOException | UncheckedIOException e) {
      return "(its log cannot be read: " + e.getMessage() + ")";
    }
  }

  private static boolean hasEnded(ProcessHandle handle, Duration limit) {
    try {
      handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      return false;
    }
  }
}
