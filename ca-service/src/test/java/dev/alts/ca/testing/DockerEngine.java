package dev.alts.ca.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A Docker engine of our own for Testcontainers, at the socket that DOCKER_HOST names. No registry
 * is asked: the image of PostgreSQL has nothing but a script, and its programs are those of the
 * Debian package on this machine, mounted.
 */
public final class DockerEngine implements AutoCloseable {
  private static final DockerImageName IMAGE =
      DockerImageName.parse("alts-test/postgres:1").asCompatibleSubstituteFor("postgres");
  private static final Path DOCKERD = Path.of("/usr/sbin/dockerd");
  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final Duration START = Duration.ofMinutes(1);

  /** What the official image's does, as far as tests need it. */
  private static final String ENTRY =
      """
      #!/bin/sh
      set -e
      export PATH=%s:/usr/bin:/bin PGDATA=/data LC_ALL=C.UTF-8
      if [ "$(id -u)" = 0 ]; then
        mkdir -p /data /var/run/postgresql
        chown postgres /data /var/run/postgresql
        exec /usr/bin/setpriv --reuid postgres --regid postgres --clear-groups "$0" "$@"
      fi
      umask 077
      printf '%%s\\n' "$POSTGRES_PASSWORD" > /tmp/password
      initdb -U "$POSTGRES_USER" --pwfile /tmp/password -A scram-sha-256 -E UTF8 --locale=C.UTF-8
      echo 'host all all all scram-sha-256' >> /data/pg_hba.conf
      pg_ctl -o "-c listen_addresses=''" -w start
      PGPASSWORD=$POSTGRES_PASSWORD createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
      pg_ctl -m fast -w stop
      exec "$@" -c listen_addresses='*'
      """;

  private final Path directory;
  private final Process daemon;

  private DockerEngine(Path directory, Process daemon) {
    this.directory = directory;
    this.daemon = daemon;
  }

  /** {@return an engine that answers; the test is skipped where there can be none} */
  public static DockerEngine start() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "a container engine needs root");
    for (Path program : List.of(DOCKERD, BUSYBOX)) {
      assumeTrue(
          Files.isExecutable(program),
          () -> program + " is missing (Debian: apt install docker.io busybox-static)");
    }
    assumeTrue(
        !Files.exists(Path.of("/var/run/docker.sock")),
        "another engine runs here, and this one would take its bridge");
    Path programs = programs();
    // What an engine left behind that was killed would look like this one's.
    Files.deleteIfExists(socket());
    Path directory = Files.createTempDirectory("alts-ca-containers-");
    Process daemon =
        new ProcessBuilder(
                DOCKERD.toString(),
                "--data-root=" + directory.resolve("data"),
                "--exec-root=" + directory.resolve("exec"),
                "--pidfile=" + directory.resolve("pid"),
                "--host=" + host(),
                "--bip=172.31.99.1/24",
                "--ip=127.0.0.1",
                "--iptables=false",
                "--ip6tables=false",
                "--ip-masq=false")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    DockerEngine engine = new DockerEngine(directory, daemon);
    try {
      engine.awaitSocket();
      assumeTrue(daemon.isAlive(), () -> "no container engine runs here: " + engine.endOfLog());
      engine.makeImage(programs);
      return engine;
    } catch (Throwable e) {
      engine.close();
      throw e;
    }
  }

  /** {@return a PostgreSQL that is not started yet} */
  public PostgreSQLContainer postgres() {
    return new PostgreSQLContainer(IMAGE)
        .withImagePullPolicy(image -> false)
        .withCreateContainerCmdModifier(create ->
            create.getHostConfig().withBinds(new Bind("/usr", new Volume("/usr"), AccessMode.ro)));
  }

  /** The Debian package's, since what the CA brings along is tested everywhere else. */
  private static Path programs() throws IOException {
    Path parent = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(parent)) {
      try (Stream<Path> versions = Files.list(parent)) {
        List<Path> found =
            versions
                .map(version -> version.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                .sorted(Comparator.reverseOrder())
                .toList();
        if (!found.isEmpty()) {
          return found.getFirst();
        }
      }
    }
    assumeTrue(false, "PostgreSQL is missing (Debian: apt install postgresql)");
    throw new AssertionError("the assumption above never holds");
  }

  private static String host() {
    String host = System.getenv("DOCKER_HOST");
    assumeTrue(host != null, "DOCKER_HOST names no socket (expected: set by the build)");
    return host;
  }

  private static Path socket() {
    return Path.of(URI.create(host()).getPath());
  }

  private void makeImage(Path programs) throws Exception {
    Path root = Files.createDirectory(directory.resolve("root"));
    for (String each : List.of("bin", "etc", "tmp", "usr", "var")) {
      Files.createDirectory(root.resolve(each));
    }
    Files.setPosixFilePermissions(
        root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.copy(BUSYBOX, root.resolve("bin/busybox"));
    Files.createSymbolicLink(root.resolve("bin/sh"), Path.of("busybox"));
    // Where the host's /usr, which is mounted, expects its libraries.
    Files.createSymbolicLink(root.resolve("lib"), Path.of("usr/lib"));
    Files.createSymbolicLink(root.resolve("lib64"), Path.of("usr/lib64"));
    Files.writeString(
        root.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\npostgres:x:999:999::/data:/bin/sh\n");
    Files.writeString(root.resolve("etc/group"), "root:x:0:\npostgres:x:999:\n");
    Path entry = Files.writeString(root.resolve("entry"), ENTRY.formatted(programs));
    Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path archive = directory.resolve("root.tar");
    execute("tar", "-C", root.toString(), "-cf", archive.toString(), ".");
    execute(
        "docker",
        "--host",
        host(),
        "import",
        "-c",
        "ENTRYPOINT [\"/entry\"]",
        "-c",
        "EXPOSE 5432",
        archive.toString(),
        IMAGE.asCanonicalNameString());
  }

  private void awaitSocket() {
    long deadline = System.nanoTime() + START.toNanos();
    while (!Files.exists(socket()) && daemon.isAlive()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("the engine does not answer: " + endOfLog());
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  private void execute(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          "%s: %s\n%s".formatted(String.join(" ", command), output, endOfLog()));
    }
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
  public void close() throws Exception {
    daemon.destroy();
    if (!daemon.waitFor(30, TimeUnit.SECONDS)) {
      daemon.destroyForcibly().waitFor();
    }
    execute("rm", "-rf", "--one-file-system", directory.toString());
  }
}
