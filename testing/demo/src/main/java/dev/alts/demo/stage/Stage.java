package dev.alts.demo.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A private directory and the processes in it. Closing it ends the processes, last started first,
 * and deletes the directory; that is safe from a shutdown hook while another thread still plays.
 */
public final class Stage implements AutoCloseable {
  private final Programs programs;
  private final Path directory;
  private final Isolation isolation;
  private final Deque<Child> children = new ArrayDeque<>();
  private final Map<Path, Path> copies = new HashMap<>();
  private volatile boolean closed;
  private volatile boolean kept;

  private Stage(Programs programs, Path directory, Isolation isolation) {
    this.programs = programs;
    this.directory = directory;
    this.isolation = isolation;
  }

  /** {@return an empty stage in a new directory} */
  public static Stage open(Programs programs) {
    try {
      Path directory = Files.createTempDirectory("alts-");
      // workloads of other users pass through; what is secret lies in directories of its own
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
      return new Stage(programs, directory, isolation(programs, directory));
    } catch (IOException e) {
      throw new UncheckedIOException("making a directory for the demo", e);
    }
  }

  public Programs programs() {
    return programs;
  }

  public Isolation isolation() {
    return isolation;
  }

  /** {@return a path in the stage's directory} */
  public Path path(String name) {
    return directory.resolve(name);
  }

  /** {@return a new directory that only we can enter} */
  public Path privateDirectory(String name) {
    try {
      return Files.createDirectories(
          path(name),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException e) {
      throw new UncheckedIOException("making the directory " + name, e);
    }
  }

  /** Starts a server from its jar; all that it prints goes to its log. */
  Child startServer(String name, Path jar, List<String> arguments) {
    return startServer(name, jar, arguments, Map.of());
  }

  /** Starts a server from its jar with these environment variables. */
  Child startServer(String name, Path jar, List<String> arguments, Map<String, String> variables) {
    return start(name, programs.run(jar, arguments), variables, Child::startServer);
  }

  /** Starts a program from its jar, whose output is read. */
  Child start(String name, Path jar, List<String> arguments, Map<String, String> variables) {
    return start(name, programs.run(jar, arguments), variables, Child::start);
  }

  /**
   * Starts {@code mainClass} as the workload {@code name}.
   *
   * @param jars where the class is; their libraries lie in lib beside them
   */
  public Child startWorkload(
      String name,
      List<Path> jars,
      String mainClass,
      List<String> arguments,
      Map<String, String> variables) {
    List<Path> readable = jars.stream().map(this::forWorkloads).toList();
    return start(
        name, isolation.command(name, readable, mainClass, arguments), variables, Child::start);
  }

  // The source tree may lie where other users cannot look, such as in /root.
  private synchronized Path forWorkloads(Path jar) {
    if (isolation instanceof IsolationByPath) {
      return jar;
    }
    return copies.computeIfAbsent(jar, this::copyForAll);
  }

  private synchronized Child start(
      String name, List<String> command, Map<String, String> variables, Starter starter) {
    if (closed) {
      throw new IllegalStateException("stage: closed (expected: nothing starts after the end)");
    }
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    // options meant for the demo's own JVM are not for its children
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    builder.environment().putAll(variables);
    Child child = starter.start(name, builder, path(name + "-" + children.size() + ".log"));
    children.push(child);
    return child;
  }

  /** Keeps the directory, with all logs, when the stage is closed. */
  public void keep() {
    kept = true;
  }

  /** {@return whether closing has begun} */
  public boolean isClosed() {
    return closed;
  }

  @FunctionalInterface
  private interface Starter {
    Child start(String name, ProcessBuilder builder, Path log);
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    children.forEach(Child::close);
    if (!kept) {
      deleteDirectory();
    }
  }

  private static Isolation isolation(Programs programs, Path directory) throws IOException {
    if (isRoot() && isReadableByAll(programs.java()) && Files.exists(Path.of("/usr/bin/setpriv"))) {
      return new IsolationByUid(programs.java());
    }
    Path launchers = Files.createDirectory(directory.resolve("launchers"));
    return new IsolationByPath(launchers, programs.jdk());
  }

  private static boolean isRoot() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static boolean isReadableByAll(Path file) throws IOException {
    for (Path part = file.toRealPath(); part.getParent() != null; part = part.getParent()) {
      if (!Files.getPosixFilePermissions(part).contains(PosixFilePermission.OTHERS_EXECUTE)) {
        return false;
      }
    }
    return true;
  }

  private Path copyForAll(Path jar) {
    try {
      return copyForAll(jar, Files.createDirectory(path("program-" + copies.size())));
    } catch (IOException e) {
      throw new UncheckedIOException("copying " + jar, e);
    }
  }

  private static Path copyForAll(Path jar, Path target) throws IOException {
    Path lib = Files.createDirectory(target.resolve("lib"));
    try (Stream<Path> libraries = Files.list(jar.resolveSibling("lib"))) {
      for (Path library : libraries.toList()) {
        copyForAllInto(library, lib);
      }
    }
    copyForAllInto(jar, target);
    for (Path directory : List.of(target, lib)) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return target.resolve(jar.getFileName());
  }

  private static void copyForAllInto(Path file, Path directory) throws IOException {
    Path copy =
        Files.copy(
            file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private void deleteDirectory() {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
                throws IOException {
              Files.delete(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + directory, e);
    }
  }
}
