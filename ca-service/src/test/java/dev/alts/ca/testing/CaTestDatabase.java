package dev.alts.ca.testing;

import dev.alts.ca.database.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * One real PostgreSQL for all tests of this JVM, started when the first asks; every test class
 * takes a database of its own in it. Thread-safe.
 */
public final class CaTestDatabase {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private CaTestDatabase() {}

  /** {@return where tests unpack PostgreSQL's programs, once for all runs} */
  public static Path binaries() {
    return Path.of("target", "postgresql-binaries").toAbsolutePath();
  }

  /** {@return Spring properties that select a new database with empty tables} */
  public static List<String> newDatabase() {
    return create(" template " + Server.TEMPLATE);
  }

  /** {@return a database in which no migration ran yet} */
  public static List<String> emptyDatabase() {
    return create("");
  }

  /** {@return a copy that PostgreSQL itself makes; nobody may be connected to the original} */
  public static List<String> copyOf(List<String> database) {
    String url = database.getFirst();
    return create(" template " + url.substring(url.lastIndexOf('/') + 1, url.indexOf('?')));
  }

  private static List<String> create(String template) {
    EmbeddedDatabase server = Server.INSTANCE;
    String name = "test" + COUNT.incrementAndGet();
    try (Connection connection =
            DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + name + template);
    } catch (SQLException e) {
      throw new IllegalStateException("creating database " + name, e);
    }
    return List.of(
        "spring.datasource.url=" + Server.url(server, name),
        "spring.datasource.username=" + server.username(),
        "spring.datasource.password=" + server.password());
  }

  /**
   * {@return Spring properties that select a new database as migrations up to {@code version} made
   * it}
   */
  public static List<String> migratedTo(String version) {
    EmbeddedDatabase server = Server.INSTANCE;
    String name = "earlier" + COUNT.incrementAndGet();
    Server.create(server, name);
    Flyway.configure()
        .dataSource(Server.url(server, name), server.username(), server.password())
        .target(version)
        .load()
        .migrate();
    return List.of("spring.datasource.url=" + Server.url(server, name));
  }

  /** {@return access to a database that {@link #newDatabase()} gave, without a CA} */
  public static JdbcTemplate connect(List<String> database) {
    String url = database.getFirst().substring(database.getFirst().indexOf('=') + 1);
    return new JdbcTemplate(
        new DriverManagerDataSource(url, Server.INSTANCE.username(), Server.INSTANCE.password()));
  }

  /** {@return a new directory that goes when these tests are over; a CA may be restarted in it} */
  public static Path newHome() throws IOException {
    return Files.createTempDirectory(Homes.ROOT, "ca-");
  }

  private static final class Homes {
    private static final Path ROOT = create();

    private static Path create() {
      try {
        Path root = Files.createTempDirectory("alts-ca-homes-");
        AtTheEnd.of(() -> delete(root));
        return root;
      } catch (IOException e) {
        throw new UncheckedIOException("making room for the homes of CAs", e);
      }
    }
  }

  private static final class Server {
    /** Migrated once and copied, instead of migrating each database. */
    private static final String TEMPLATE = "migrated";

    private static final EmbeddedDatabase INSTANCE = start();

    private static EmbeddedDatabase start() {
      try {
        Path home = Files.createTempDirectory("alts-ca-tests-");
        EmbeddedDatabase database = EmbeddedDatabase.start(home, binaries(), new SecureRandom());
        AtTheEnd.of(() -> {
          database.close();
          delete(home);
        });
        migrate(database);
        return database;
      } catch (IOException e) {
        throw new UncheckedIOException("starting the test database", e);
      }
    }

    private static void create(EmbeddedDatabase server, String name) {
      try (Connection connection =
              DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
          Statement statement = connection.createStatement()) {
        statement.execute("create database " + name);
      } catch (SQLException e) {
        throw new IllegalStateException("creating database " + name, e);
      }
    }

    private static void migrate(EmbeddedDatabase server) {
      create(server, TEMPLATE);
      Flyway.configure()
          .dataSource(url(server, TEMPLATE), server.username(), server.password())
          .load()
          .migrate();
    }

    private static String url(EmbeddedDatabase server, String name) {
      return server.jdbcUrl().replace("/postgres?", "/" + name + "?");
    }
  }

  private static void delete(Path root) {
    try (Stream<Path> below = Files.walk(root)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("deleting " + root, e);
    }
  }
}
