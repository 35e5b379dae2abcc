package dev.alts.benchmarks.ca;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** CPU time of processes as the kernel counts it, compiler and collector threads included. */
final class CpuTime {
  private static final long TICKS_PER_SECOND = 100;

  private CpuTime() {}

  /** {@return what the process has used; zero if it is gone} */
  static Duration of(long pid) {
    return ticks(pid, 11, 12);
  }

  /** {@return what the process and its children have used, those that have ended included} */
  static Duration withChildren(long pid) {
    Duration sum = ticks(pid, 11, 12).plus(ticks(pid, 13, 14));
    try (Stream<ProcessHandle> children = children(pid)) {
      return children.map(child -> of(child.pid())).reduce(sum, Duration::plus);
    }
  }

  private static Stream<ProcessHandle> children(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::children).orElseGet(Stream::empty);
  }

  private static Duration ticks(long pid, int user, int system) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      // Counted from behind the program's name, which may hold anything.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      long ticks = Long.parseLong(fields[user]) + Long.parseLong(fields[system]);
      return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
    } catch (NoSuchFileException e) {
      // It ended between two looks.
      return Duration.ZERO;
    } catch (IOException e) {
      throw new UncheckedIOException("CPU time of process " + pid, e);
    }
  }
}
