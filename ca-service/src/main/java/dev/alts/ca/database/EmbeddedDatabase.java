package dev.alts.ca.database;

import dev.alts.ca.configuration.OwnerOnly;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running PostgreSQL of our own. The caller holds the lock of the data directory, so nobody else
 * starts, adopts or stops this cluster meanwhile.
 *
 * <p>It listens on a random port of the loopback address and asks for a password that only our
 * directory holds. A Unix socket would keep others from even connecting, but pgjdbc has none
 * without a native library; SCRAM proves either side to the other, and pgjdbc is told to accept
 * nothing else.
 */
public final class EmbeddedDatabase implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final int START_ATTEMPTS = 3;

  private final PostgresCluster cluster;
  private final int port;

  private EmbeddedDatabase(PostgresCluster cluster, int port) {
    this.cluster = cluster;
    this.port = port;
  }

  /**
   * Starts the database below {@code home}, makes it if there is none, adopts its server if a CA
   * that died left it running.
   */
  public static EmbeddedDatabase start(Path home, Path binaries, SecureRandom random) {
    OwnerOnly.directory(home);
    PostgresCluster cluster =
        new PostgresCluster(home, PostgresBinaries.unpackedBelow(binaries.toAbsolutePath()));
    cluster.createIfAbsent(random);
    Optional<PostmasterFile> survivor = survivor(cluster);
    if (survivor.isPresent()) {
      log.info("Embedded PostgreSQL adopted: pid={}", survivor.get().pid());
      return new EmbeddedDatabase(cluster, survivor.get().port());
    }
    PostmasterFile started = startNew(cluster);
    log.info("Embedded PostgreSQL started: pid={}", started.pid());
    return new EmbeddedDatabase(cluster, started.port());
  }

  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?requireAuth=scram-sha-256&gssEncMode=disable&sslmode=disable"
        .formatted(port);
  }

  public String username() {
    return PostgresCluster.USER;
  }

  public String password() {
    return cluster.password();
  }

  @Override
  public void close() {
    cluster.stop();
    log.info("Embedded PostgreSQL stopped");
  }

  private static Optional<PostmasterFile> survivor(PostgresCluster cluster) {
    Optional<PostmasterFile> found = PostmasterFile.read(cluster.directory());
    if (found.isEmpty()) {
      return found;
    }
    PostmasterFile postmaster = found.get();
    if (!postmaster.runsIn(cluster.directory())) {
      // The server died too. Its process number may be another process by now, which would keep
      // PostgreSQL from starting.
      PostmasterFile.delete(cluster.directory());
      return Optional.empty();
    }
    if (!postmaster.runs(cluster.serverProgram()) || !postmaster.isReady()) {
      cluster.stop();
      return Optional.empty();
    }
    return found;
  }

  private static PostmasterFile startNew(PostgresCluster cluster) {
    for (int attempt = 1; ; attempt++) {
      try {
        cluster.start();
        return PostmasterFile.read(cluster.directory())
            .orElseThrow(() -> new DatabaseStartException("the server ended at once"));
      } catch (DatabaseStartException e) {
        // Somebody may take the free port before the server does.
        if (attempt == START_ATTEMPTS) {
          throw new DatabaseStartException(e.getMessage() + "\n" + cluster.logTail());
        }
      }
    }
  }
}
