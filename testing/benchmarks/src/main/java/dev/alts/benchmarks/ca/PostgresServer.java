package dev.alts.benchmarks.ca;

import dev.alts.ca.database.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A PostgreSQL of the benchmark: durable commits, sized for a server and not for a demo. */
final class PostgresServer implements AutoCloseable {
  /**
   * What an operator of a CA under load would set; durability is left as it is. A new file of the
   * log is not written full of zeros first, which stalls every commit for a while. step-ca opens a
   * connection for each request in flight, twice.
   */
  private static final String SIZES =
      """
      shared_buffers = 1GB
      max_wal_size = 8GB
      checkpoint_timeout = 15min
      wal_buffers = 64MB
      wal_compression = off
      wal_init_zero = off
      jit = off
      max_connections = 300
      """;

  private static final List<String> REPORTED =
      List.of(
          "server_version",
          "fsync",
          "synchronous_commit",
          "full_page_writes",
          "wal_sync_method",
          "shared_buffers",
          "max_wal_size",
          "checkpoint_timeout",
          "wal_buffers",
          "wal_init_zero",
          "autovacuum");

  private final EmbeddedDatabase database;
  private final long pid;

  private PostgresServer(EmbeddedDatabase database, long pid) {
    this.database = database;
    this.pid = pid;
  }

  static PostgresServer start(Path home, Path binaries) throws IOException {
    SecureRandom random = new SecureRandom();
    EmbeddedDatabase.start(home, binaries, random).close();
    Path cluster = home.resolve("cluster");
    Files.writeString(cluster.resolve("postgresql.auto.conf"), SIZES, StandardOpenOption.APPEND);
    EmbeddedDatabase database = EmbeddedDatabase.start(home, binaries, random);
    long pid = Long.parseLong(Files.readAllLines(cluster.resolve("postmaster.pid")).getFirst());
    return new PostgresServer(database, pid);
  }

  void create(String name) throws SQLException {
    execute("postgres", "create database " + name);
  }

  String url(String name) {
    return database.jdbcUrl().replace("/postgres?", "/" + name + "?");
  }

  String user() {
    return database.username();
  }

  String password() {
    return database.password();
  }

  Connection connect(String name) throws SQLException {
    return DriverManager.getConnection(url(name), user(), password());
  }

  void execute(String name, String sql) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long count(String name, String sql) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** {@return the settings that decide what a commit costs, as the server says them} */
  Map<String, String> settings() throws SQLException {
    Map<String, String> settings = new LinkedHashMap<>();
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      for (String name : REPORTED) {
        try (ResultSet row = statement.executeQuery("show " + name)) {
          row.next();
          settings.put(name, row.getString(1));
        }
      }
    }
    return settings;
  }

  Duration cpuTime() {
    return CpuTime.withChildren(pid);
  }

  @Override
  public void close() {
    database.close();
  }
}
