package dev.alts.ca.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Volume;
import dev.alts.testing.DockerDaemon;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
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

  private final DockerDaemon daemon;

  private DockerEngine(DockerDaemon daemon) {
    this.daemon = daemon;
  }

  /** {@return an engine that answers; the test is skipped where there can be none} */
  public static DockerEngine start() throws IOException {
    assumeTrue(
        !Files.exists(Path.of("/var/run/docker.sock")),
        "another engine runs here, and this one would take its bridge");
    Path programs = programs();
    Path socket = socket();
    // What an engine left behind that was killed would look like this one's.
    Files.deleteIfExists(socket);
    DockerEngine engine =
        new DockerEngine(
            DockerDaemon.start(
                Files.createTempDirectory("alts-ca-containers-"),
                socket,
                "--bip=172.31.99.1/24",
                "--ip=127.0.0.1",
                "--ip-masq=false"));
    try {
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
    List<Path> found = List.of();
    if (Files.isDirectory(parent)) {
      try (Stream<Path> versions = Files.list(parent)) {
        found =
            versions
                .map(version -> version.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                .sorted(Comparator.reverseOrder())
                .toList();
      }
    }
    assumeTrue(!found.isEmpty(), "PostgreSQL is missing (Debian: apt install postgresql)");
    return found.getFirst();
  }

  private static Path socket() {
    String host = System.getenv("DOCKER_HOST");
    assumeTrue(host != null, "DOCKER_HOST names no socket (expected: set by the build)");
    return Path.of(URI.create(host).getPath());
  }

  private void makeImage(Path programs) throws IOException {
    Path root = daemon.newRoot();
    for (String each : List.of("etc", "tmp", "usr", "var")) {
      Files.createDirectory(root.resolve(each));
    }
    Files.setPosixFilePermissions(
        root.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.writeString(
        root.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\npostgres:x:999:999::/data:/bin/sh\n");
    Files.writeString(root.resolve("etc/group"), "root:x:0:\npostgres:x:999:\n");
    Path entry = Files.writeString(root.resolve("entry"), ENTRY.formatted(programs));
    Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString("rwxr-xr-x"));
    daemon.importImage(
        root, IMAGE.asCanonicalNameString(), "ENTRYPOINT [\"/entry\"]", "EXPOSE 5432");
  }

  /** Its containers have to be stopped before. */
  @Override
  public void close() throws IOException {
    daemon.close();
  }
}
