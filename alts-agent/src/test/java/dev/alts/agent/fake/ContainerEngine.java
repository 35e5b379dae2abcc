package dev.alts.agent.fake;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.agent.attestation.OwnProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Docker engine of our own, without a network, whose one image has nothing but busybox; what a
 * container needs besides is mounted from the host.
 */
public final class ContainerEngine implements AutoCloseable {
  private static final String IMAGE = "alts-test:1";
  private static final Path BUSYBOX = Path.of("/bin/busybox");

  private final Path directory;
  private final Process daemon;

  private ContainerEngine(Path directory, Process daemon) {
    this.directory = directory;
    this.daemon = daemon;
  }

  /** {@return an engine that answers; the test is skipped where there can be none} */
  public static ContainerEngine start() throws Exception {
    assumeTrue(OwnProcess.uid() == 0, "a container engine needs root");
    for (Path program : List.of(Path.of("/usr/sbin/dockerd"), BUSYBOX)) {
      assumeTrue(
          Files.isExecutable(program),
          () -> program + " is missing (Debian: apt install docker.io busybox-static)");
    }
    Path directory = Files.createTempDirectory("alts-containers-");
    Process daemon =
        new ProcessBuilder(
                "/usr/sbin/dockerd",
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("pid"),
                "--host=unix://" + directory.resolve("s"),
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    ContainerEngine engine = new ContainerEngine(directory, daemon);
    try {
      Poll.until(
          "the engine answers or ended",
          () -> Files.exists(directory.resolve("s")) || !daemon.isAlive());
      assumeTrue(daemon.isAlive(), () -> "no container engine runs here: " + engine.endOfLog());
      engine.makeImage();
      return engine;
    } catch (Throwable e) {
      engine.close();
      throw e;
    }
  }

  private void makeImage() throws Exception {
    Path root = Files.createDirectories(directory.resolve("root"));
    Files.createDirectories(root.resolve("bin"));
    Files.copy(BUSYBOX, root.resolve("bin/busybox"));
    Files.createSymbolicLink(root.resolve("bin/sh"), Path.of("busybox"));
    // Where the host's /usr, which is mounted, expects its libraries.
    Files.createSymbolicLink(root.resolve("lib"), Path.of("usr/lib"));
    Files.createSymbolicLink(root.resolve("lib64"), Path.of("usr/lib64"));
    Path archive = directory.resolve("root.tar");
    execute("tar", "-C", root.toString(), "-cf", archive.toString(), ".");
    docker("import", archive.toString(), IMAGE);
  }

  /** {@return the last line that {@code command} prints in a new container} */
  public String run(Path mounted, String user, String... command) throws Exception {
    List<String> all = arguments(mounted, user, "--rm");
    all.addAll(List.of(command));
    return docker(all.toArray(String[]::new));
  }

  /** {@return the pid, as the host sees it, of {@code command} in a new container} */
  public int start(Path mounted, String user, String... command) throws Exception {
    List<String> all = arguments(mounted, user, "--detach");
    all.addAll(List.of(command));
    String container = docker(all.toArray(String[]::new));
    return Integer.parseInt(docker("inspect", "--format", "{{.State.Pid}}", container));
  }

  private static List<String> arguments(Path mounted, String user, String how) {
    return new ArrayList<>(
        List.of(
            "run",
            how,
            "--network=none",
            // lets processes in it make user namespaces
            "--security-opt=seccomp=unconfined",
            "--user=" + user,
            "--volume=/usr:/usr:ro",
            "--volume=" + mounted + ":/mnt",
            IMAGE));
  }

  private String docker(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("docker", "--host", "unix://" + directory.resolve("s")));
    command.addAll(List.of(arguments));
    return execute(command.toArray(String[]::new));
  }

  private String execute(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
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

  @Override
  public void close() throws Exception {
    if (daemon.isAlive()) {
      stopContainers();
    }
    daemon.destroy();
    if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
      daemon.destroyForcibly().waitFor();
    }
    execute("rm", "-rf", "--one-file-system", directory.toString());
  }

  private void stopContainers() throws Exception {
    Process list =
        new ProcessBuilder("docker", "--host", "unix://" + directory.resolve("s"), "ps", "-q")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> containers = list.inputReader().lines().toList();
    for (String container : containers) {
      docker("rm", "--force", container);
    }
  }
}
