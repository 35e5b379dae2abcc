package dev.alts.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A Docker engine of a test's own. No registry is asked: its images are busybox and what the test
 * adds; whatever else their programs need is mounted from the host's {@code /usr}.
 */
public final class DockerDaemon implements AutoCloseable {
  private static final Path DOCKERD = Path.of("/usr/sbin/dockerd");
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final Duration START = Duration.ofMinutes(1);

  private final Path directory;
  private final Path socket;
  private final Process process;

  private DockerDaemon(Path directory, Path socket, Process process) {
    this.directory = directory;
    this.socket = socket;
    this.process = process;
  }

  /**
   * {@return an engine that answers; the test is skipped where there can be none}
   *
   * @param directory for all that it keeps; deleted with it
   * @param network options of dockerd
   */
  public static DockerDaemon start(Path directory, Path socket, String... network)
      throws IOException {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "a container engine needs root");
    for (Path program : List.of(DOCKERD, BUSYBOX)) {
      assumeTrue(
          Files.isExecutable(program),
          () -> program + " is missing (Debian: apt install docker.io busybox-static)");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                DOCKERD.toString(),
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("pid"),
                "--host=unix://" + socket,
                "--iptables=false",
                "--ip6tables=false"));
    command.addAll(List.of(network));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    DockerDaemon daemon = new DockerDaemon(directory, socket, process);
    try {
      daemon.awaitSocket();
      assumeTrue(process.isAlive(), () -> "no container engine runs here: " + daemon.endOfLog());
      return daemon;
    } catch (Throwable e) {
      daemon.close();
      throw e;
    }
  }

  /** {@return a file system with a shell, in which the host's /usr finds its libraries} */
  public Path newRoot() throws IOException {
    Path root = Files.createDirectory(directory.resolve("root"));
    Files.createDirectory(root.resolve("bin"));
    Files.copy(BUSYBOX, root.resolve("bin/busybox"));
    Files.createSymbolicLink(root.resolve("bin/sh"), Path.of("busybox"));
    Files.createSymbolicLink(root.resolve("lib"), Path.of("usr/lib"));
    Files.createSymbolicLink(root.resolve("lib64"), Path.of("usr/lib64"));
    return root;
  }

  /**
   * Makes an image of a file system.
   *
   * @param changes Dockerfile instructions
   */
  public void importImage(Path root, String name, String... changes) throws IOException {
    Path archive = directory.resolve("root.tar");
    String unused = execute("tar", "-C", root.toString(), "-cf", archive.toString(), ".");
    List<String> command = new ArrayList<>(List.of("import"));
    for (String change : changes) {
      command.addAll(List.of("-c", change));
    }
    command.addAll(List.of(archive.toString(), name));
    String unusedId = docker(command.toArray(String[]::new));
  }

  /** {@return the last line that docker prints} */
  public String docker(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("docker", "--host", "unix://" + socket));
    command.addAll(List.of(arguments));
    return execute(command.toArray(String[]::new));
  }

  /** {@return IDs of the containers that run} */
  public List<String> containers() throws IOException {
    return new ProcessBuilder("docker", "--host", "unix://" + socket, "ps", "-q")
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .inputReader()
        .lines()
        .toList();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  private void awaitSocket() {
    long deadline = System.nanoTime() + START.toNanos();
    while (!Files.exists(socket) && process.isAlive()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the engine does not answer: " + endOfLog());
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private String execute(String... command) throws IOException {
    Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (started.onExit().join().exitValue() != 0) {
      throw new AssertionError(
          "%s: %s\n%s".formatted(String.join(" ", command), output, endOfLog()));
    }
    return output.strip().lines().reduce("", (before, line) -> line);
  }

  private String endOfLog() {
    try (Stream<String> lines = Files.lines(directory.resolve("log"))) {
      List<String> all = lines.toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - 10), all.size()));
    } catch (IOException e) {
      return "(its log cannot be read: " + e.getMessage() + ")";
    }
  }

  /** Its containers have to be stopped before. */
  @Override
  public void close() throws IOException {
    process.destroy();
    Process ended = process.onExit().completeOnTimeout(process, 30, TimeUnit.SECONDS).join();
    if (ended.isAlive()) {
      ended = process.destroyForcibly().onExit().join();
    }
    String unused = execute("rm", "-rf", "--one-file-system", directory.toString());
  }
}
