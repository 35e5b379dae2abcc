package dev.alts.demo.stage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Every workload starts from a launcher directory of its own: a copy of the JDK's {@code java},
 * with the rest of the JDK linked, so that the path of the executable differs.
 */
final class IsolationByPath implements Isolation {
  private final Path directory;
  private final Path jdk;

  IsolationByPath(Path directory, Path jdk) {
    this.directory = directory;
    this.jdk = jdk;
  }

  @Override
  public String condition(String name) {
    return "workload.unix.path == \"%s\"".formatted(java(name));
  }

  @Override
  public List<String> command(
      String name, List<Path> jars, String mainClass, List<String> arguments) {
    return Programs.run(launcher(name), jars, mainClass, arguments);
  }

  @Override
  public String explanation() {
    return "not root: all workloads run as you, each from its own copy of java, and the agent"
        + " reads the path from the kernel. This shows the mechanism; it keeps out other users,"
        + " not other programs of yours";
  }

  private Path java(String name) {
    return directory.resolve(name).resolve("bin/java");
  }

  private Path launcher(String name) {
    Path java = java(name);
    if (Files.exists(java)) {
      return java;
    }
    try (Stream<Path> parts = Files.list(jdk)) {
      Files.createDirectories(java.getParent());
      for (Path part : parts.filter(part -> !part.endsWith("bin")).toList()) {
        Files.createSymbolicLink(directory.resolve(name).resolve(part.getFileName()), part);
      }
      return Files.copy(jdk.resolve("bin/java"), java, StandardCopyOption.COPY_ATTRIBUTES);
    } catch (IOException e) {
      throw new UncheckedIOException("making the launcher of " + name, e);
    }
  }
}
