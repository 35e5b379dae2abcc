package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever has the sources can tell whether a jar was made from them: another directory, hour, time
 * zone and user give the same bytes. Built are the modules below {@code identity}, which have what
 * jars are made of: generated code, our own, and a module that others depend on.
 */
@Tag("abuse-60")
class ReproducibleBuildTest {
  private static final Path HOME = Path.of(System.getProperty("alts.home"));
  private static final Set<String> NOT_SOURCE = Set.of("target", ".git", ".idea", ".cifuzz-corpus");

  private static final Set<String> OF_THIS_BUILD =
      Set.of("MAVEN_BASEDIR", "MAVEN_PROJECTBASEDIR", "MAVEN_CMD_LINE_ARGS");

  @TempDir private Path directory;

  @Test
  void twoBuildsGiveTheSameBytes() throws Exception {
    Map<String, String> here = build("one", "UTC", "ada");
    Map<String, String> there = build("another/far/away", "Asia/Kolkata", "bob");

    assertThat(here)
        .containsKeys(
            "alts-lib/identity/target/alts-identity-0.1.0-SNAPSHOT.jar",
            "alts-lib/wire/target/alts-wire-0.1.0-SNAPSHOT.jar")
        .isEqualTo(there);
  }

  /** {@return SHA-256 of the jars of a build in a directory of its own} */
  private Map<String, String> build(String name, String timeZone, String user) throws Exception {
    Path root = directory.resolve(name);
    copySources(root);
    List<String> command = new ArrayList<>();
    command.add(root.resolve("mvnw").toString());
    command.addAll(List.of("-q", "-pl", "alts-lib/identity", "-am", "package"));
    command.addAll(List.of("-Dmaven.test.skip", "-Dspotless.check.skip", "-Duser.name=" + user));
    String repository = System.getProperty("localRepository");
    if (repository != null) {
      command.add("-Dmaven.repo.local=" + repository);
    }
    Path output = directory.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    // what the Maven that runs this test says of itself
    builder.environment().keySet().removeAll(OF_THIS_BUILD);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TZ", timeZone);
    Process build = builder.start();
    try {
      assertThat(build.waitFor(20, TimeUnit.MINUTES)).as("the build ends").isTrue();
    } finally {
      build.descendants().forEach(ProcessHandle::destroyForcibly);
      build.destroyForcibly();
    }
    assertThat(build.exitValue()).as(Files.readString(output)).isZero();
    return hashes(root);
  }

  private static void copySources(Path to) throws IOException {
    Files.walkFileTree(
        HOME,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path from, BasicFileAttributes attributes)
              throws IOException {
            if (!from.equals(HOME) && NOT_SOURCE.contains(from.getFileName().toString())) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(HOME.relativize(from)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path from, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile() && !NOT_SOURCE.contains(from.getFileName().toString())) {
              Path copy = to.resolve(HOME.relativize(from));
              Files.copy(from, copy);
              copy.toFile().setExecutable(Files.isExecutable(from));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static Map<String, String> hashes(Path root) throws IOException {
    Map<String, String> hashes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
        hashes.put(root.relativize(jar).toString(), sha256(jar));
      }
    }
    return hashes;
  }

  private static String sha256(Path file) throws IOException {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("SHA-256 is in every JDK", e);
    }
  }
}
