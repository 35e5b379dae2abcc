package dev.alts.agent.fake;

import dev.alts.testing.DockerDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Docker engine of our own, without a network, whose one image has nothing but busybox; what a
 * container needs besides is mounted from the host.
 */
public final class ContainerEngine implements AutoCloseable {
  private static final String IMAGE = "alts-test:1";

  private final DockerDaemon daemon;

  private ContainerEngine(DockerDaemon daemon) {
    this.daemon = daemon;
  }

  /** {@return an engine that answers; the test is skipped where there can be none} */
  public static ContainerEngine start() throws IOException {
    Path directory = Files.createTempDirectory("alts-containers-");
    ContainerEngine engine =
        new ContainerEngine(DockerDaemon.start(directory, directory.resolve("s"), "--bridge=none"));
    try {
      engine.daemon.importImage(engine.daemon.newRoot(), IMAGE);
      return engine;
    } catch (Throwable e) {
      engine.close();
      throw e;
    }
  }

  /** {@return the last line that {@code command} prints in a new container} */
  public String run(Path mounted, String user, String... command) throws IOException {
    List<String> all = arguments(mounted, user, "--rm");
    all.addAll(List.of(command));
    return daemon.docker(all.toArray(String[]::new));
  }

  /** {@return the pid, as the host sees it, of {@code command} in a new container} */
  public int start(Path mounted, String user, String... command) throws IOException {
    List<String> all = arguments(mounted, user, "--detach");
    all.addAll(List.of(command));
    String container = daemon.docker(all.toArray(String[]::new));
    return Integer.parseInt(daemon.docker("inspect", "--format", "{{.State.Pid}}", container));
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

  @Override
  public void close() throws IOException {
    if (daemon.isAlive()) {
      for (String container : daemon.containers()) {
        daemon.docker("rm", "--force", container);
      }
    }
    daemon.close();
  }
}
