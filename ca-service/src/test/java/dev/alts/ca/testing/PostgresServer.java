package dev.alts.ca.testing;

import dev.alts.ca.database.EmbeddedDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A durable PostgreSQL on a port of its own, for tests that kill, follow and promote it. */
public final class PostgresServer implements AutoCloseable {
  private static final String USER = "alts";
  private static final String OPTIONS = "/postgres?sslmode=disable&gssEncMode=disable";
  private static final Duration START = Duration.ofMinutes(1);

  private final Path directory;
  private final int port;

  private PostgresServer(Path directory) throws IOException {
    this.directory = directory;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = socket.getLocalPort();
    }
  }

  /**
   * {@return a running server with an empty database in a new directory}
   *
   * @param options of initdb, such as where its write-ahead log lies
   */
  public static PostgresServer start(Path directory, String... options) throws Exception {
    PostgresServer server = new PostgresServer(directory);
    List<String> all =
        new ArrayList<>(
            List.of(
                "--auth=trust",
                "--username=" + USER,
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-instructions",
                "--pgdata=" + directory));
    all.addAll(List.of(options));
    program("initdb", all.toArray(String[]::new));
    server.configure("");
    server.start();
    return server;
  }

  /**
   * {@return a running server that follows this one, which commits nothing without it from now on}
   */
  public PostgresServer follower(Path home) throws Exception {
    PostgresServer follower = new PostgresServer(home);
    try (Connection connection = DriverManager.getConnection(url(), USER, "");
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('follower', true)");
      copy(directory, home);
      try (ResultSet stopped =
          statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
        stopped.next();
        Files.writeString(home.resolve("backup_label"), stopped.getString(1));
      }
    }
    Files.createFile(home.resolve("standby.signal"));
    follower.configure(
        "primary_conninfo = 'host=127.0.0.1 port=%d user=%s application_name=follower'\n"
            .formatted(port, USER));
    follower.start();
    configure("synchronous_standby_names = 'follower'\n");
    jdbc().queryForList("select pg_reload_conf()");
    await(
        "the follower is in step",
        () ->
            jdbc()
                .queryForList("select sync_state from pg_stat_replication", String.class)
                .equals(List.of("sync")));
    return follower;
  }

  /** Makes a follower the one that takes writes. */
  public void promote() {
    jdbc().queryForList("select pg_promote()");
  }

  /** {@return Spring properties that select this server} */
  public List<String> properties() {
    return properties(url());
  }

  /** {@return Spring properties that select whichever of the two takes writes} */
  public List<String> propertiesWith(PostgresServer other) {
    return properties(
        "jdbc:postgresql://127.0.0.1:%d,127.0.0.1:%d".formatted(port, other.port) + OPTIONS);
  }

  private static List<String> properties(String url) {
    return List.of(
        "spring.datasource.url=" + url,
        "spring.datasource.username=" + USER,
        "spring.datasource.password=");
  }

  public JdbcTemplate jdbc() {
    return new JdbcTemplate(new DriverManagerDataSource(url(), USER, ""));
  }

  /** SIGKILL for the server and all its processes: what a power cut leaves. */
  public void kill() throws IOException {
    await(
        "every process of the server is gone",
        () -> {
          List<ProcessHandle> left = processes();
          left.forEach(ProcessHandle::destroyForcibly);
          return left.isEmpty();
        });
    // As the CA does it: a dead process that nobody has waited for would keep the server from
    // starting again.
    Files.deleteIfExists(directory.resolve("postmaster.pid"));
  }

  /** Starts it again after {@link #kill()} or {@link #stop()}. */
  public void start() throws Exception {
    program(
        "pg_ctl",
        "start",
        "--wait",
        "--timeout=" + START.toSeconds(),
        "--pgdata=" + directory,
        "--log=" + directory.resolveSibling(directory.getFileName() + ".log"));
  }

  /** Ends every connection and the server. */
  public void stop() throws Exception {
    program("pg_ctl", "stop", "--mode=fast", "--wait", "--pgdata=" + directory);
  }

  @Override
  public void close() throws IOException {
    kill();
  }

  private String url() {
    return "jdbc:postgresql://127.0.0.1:" + port + OPTIONS;
  }

  private void configure(String more) throws IOException {
    Files.writeString(
        directory.resolve("postgresql.conf"),
        """
        listen_addresses = '127.0.0.1'
        port = %d
        unix_socket_directories = ''
        fsync = on
        synchronous_commit = on
        max_connections = 100
        shared_buffers = 64MB
        wal_keep_size = 512MB
        timezone = 'UTC'
        """
                .formatted(port)
            + more);
  }

  /** Every process of a server works in its data directory. */
  private List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(process -> worksIn(process, directory) && runs(process))
        .toList();
  }

  private static boolean worksIn(ProcessHandle process, Path directory) {
    try {
      return Path.of("/proc", Long.toString(process.pid()), "cwd")
          .toRealPath()
          .equals(directory.toRealPath());
    } catch (IOException e) {
      // Gone, or of another user: not ours in either case.
      return false;
    }
  }

  /** A process that was killed and that nobody waited for is not one that runs. */
  private static boolean runs(ProcessHandle process) {
    try {
      String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      return status.charAt(status.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }

  private static void program(String name, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)) {
      // PostgreSQL refuses uid 0.
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(binaries().resolve("bin").resolve(name).toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("alts-" + name, ".out");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(2, TimeUnit.MINUTES);
    String said = Files.readString(output);
    Files.delete(output);
    if (!ended || process.exitValue() != 0) {
      throw new IllegalStateException(name + ": " + said);
    }
  }

  /** What the CA brings along, unpacked as it does it. */
  private static Path binaries() throws IOException {
    Path parent = CaTestDatabase.binaries();
    if (!Files.isDirectory(parent)) {
      Path home = Files.createTempDirectory("alts-ca-unpack-");
      EmbeddedDatabase.start(home, parent, new SecureRandom()).close();
    }
    try (Stream<Path> versions = Files.list(parent)) {
      return versions
          .filter(path -> path.getFileName().toString().startsWith("postgresql-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectory(
                to.resolve(from.relativize(each)),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes attributes)
              throws IOException {
            String name = from.relativize(each).toString();
            if (!name.startsWith("pg_wal/") && !name.startsWith("postmaster.")) {
              try {
                Files.copy(each, to.resolve(name));
              } catch (NoSuchFileException e) {
                // The server removed it meanwhile; recovery knows.
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path each, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }
        });
  }

  private static void await(String what, Condition condition) {
    long deadline = System.nanoTime() + START.toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("not in time: " + what);
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds();
  }
}
