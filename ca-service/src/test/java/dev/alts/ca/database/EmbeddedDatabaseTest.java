package dev.alts.ca.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.ca.configuration.DataDirectory;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.testing.CaTestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedDatabaseTest {
  @TempDir private static Path directory;
  private static Path home;
  private static EmbeddedDatabase database;

  @BeforeAll
  static void start() {
    home = directory.resolve("database");
    database = EmbeddedDatabase.start(home, CaTestDatabase.binaries(), new SecureRandom());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void commitsAreDurableAndPasswordsAreScram() throws Exception {
    assertThat(setting("fsync")).isEqualTo("on");
    assertThat(setting("synchronous_commit")).isEqualTo("on");
    assertThat(setting("full_page_writes")).isEqualTo("on");
    assertThat(setting("listen_addresses")).isEqualTo("127.0.0.1");
    assertThat(setting("unix_socket_directories")).isEmpty();
    assertThat(Files.readString(home.resolve("cluster/pg_hba.conf")).lines())
        .filteredOn(line -> !line.startsWith("#") && !line.isBlank())
        .allMatch(line -> line.endsWith("scram-sha-256"));
  }

  @Test
  void connectionWithoutOrWithAWrongPasswordIsRefused() {
    assertThatThrownBy(() -> connect(database.username(), "")).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> connect(database.username(), "guess"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("password authentication failed");
    assertThatThrownBy(() -> connect("postgres", "")).isInstanceOf(SQLException.class);
  }

  @Test
  void nothingThatItKeepsIsOpenToAnyoneElse() throws Exception {
    assertThat(mode(home)).isEqualTo("rwx------");
    assertThat(mode(home.resolve("cluster"))).isEqualTo("rwx------");
    assertThat(mode(home.resolve("password"))).isEqualTo("rw-------");
    Path programs = unpacked();
    assertThat(mode(programs)).isEqualTo("rwx------");
    try (Stream<Path> below = Files.walk(programs)) {
      assertThat(below.filter(path -> !Files.isSymbolicLink(path)))
          .allMatch(path -> mode(path).substring(3).equals("------") || Files.isDirectory(path));
    }
  }

  @Test
  void anotherUserCanNeitherReadNorReplaceNorConnect() throws Exception {
    assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0)
            && Files.isExecutable(Path.of("/usr/bin/setpriv")),
        "only root can try as another user");
    String cluster = home.resolve("cluster").toString();
    String programs = unpacked().toString();

    assertThat(asNobody("cat " + home.resolve("password"))).isNotZero();
    assertThat(asNobody("ls " + cluster)).isNotZero();
    assertThat(asNobody("cat " + cluster + "/PG_VERSION")).isNotZero();
    assertThat(asNobody("echo x >> " + programs + "/bin/postgres")).isNotZero();
    assertThat(asNobody("mv " + programs + " " + programs + ".old")).isNotZero();
    assertThat(asNobody("touch " + programs + "/lib/evil.so")).isNotZero();
    if (Files.isExecutable(Path.of("/usr/bin/psql"))) {
      String port = database.jdbcUrl().replaceAll(".*:(\\d+)/.*", "$1");
      assertThat(asNobody("psql -w -h 127.0.0.1 -p " + port + " -U alts postgres -c 'select 1'"))
          .isNotZero();
    }
  }

  @Test
  void survivorOfAKilledCaIsAdoptedWithItsRows(@TempDir Path other) throws Exception {
    Path otherHome = other.resolve("database");
    SecureRandom random = new SecureRandom();
    EmbeddedDatabase first = EmbeddedDatabase.start(otherHome, CaTestDatabase.binaries(), random);
    long pid = PostmasterFile.read(otherHome.resolve("cluster")).orElseThrow().pid();
    // The CA dies here: close() is never called on the first one.

    try (EmbeddedDatabase second =
        EmbeddedDatabase.start(otherHome, CaTestDatabase.binaries(), random)) {
      assertThat(second.jdbcUrl()).isEqualTo(first.jdbcUrl());
      assertThat(PostmasterFile.read(otherHome.resolve("cluster")).orElseThrow().pid())
          .isEqualTo(pid);
    }

    assertThat(PostmasterFile.read(otherHome.resolve("cluster"))).as("stopped").isEmpty();
  }

  @Test
  void processNumberInAStaleFileIsNeitherAdoptedNorStopped(@TempDir Path other) throws Exception {
    Path otherHome = other.resolve("database");
    SecureRandom random = new SecureRandom();
    EmbeddedDatabase.start(otherHome, CaTestDatabase.binaries(), random).close();
    Process innocent = new ProcessBuilder("sleep", "600").start();
    Files.writeString(
        otherHome.resolve("cluster/postmaster.pid"),
        "%d\n%s\n1\n1\n\n127.0.0.1\n\nready\n"
            .formatted(innocent.pid(), otherHome.resolve("cluster")));

    try (EmbeddedDatabase started =
        EmbeddedDatabase.start(otherHome, CaTestDatabase.binaries(), random)) {
      assertThat(started.jdbcUrl()).doesNotContain(":1/");
      assertThat(innocent.isAlive()).isTrue();
    } finally {
      innocent.destroyForcibly();
    }
  }

  @Test
  void programsBelowADirectoryThatOthersMayWriteAreRefused(@TempDir Path other) throws Exception {
    Path shared = Files.createDirectory(other.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() ->
            EmbeddedDatabase.start(
                other.resolve("home"), shared.resolve("programs"), new SecureRandom()))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("Other users may write");
  }

  @Test
  void dataDirectoryHasOneCaAtATime(@TempDir Path other) {
    Path data = other.resolve("data");
    try (DataDirectory first = DataDirectory.open(data)) {
      assertThatThrownBy(() -> DataDirectory.open(data))
          .isInstanceOf(StartRefusedException.class)
          .hasMessageContaining("Another CA is running");
      assertThat(first.path()).isEqualTo(data);
    }
    DataDirectory.open(data).close();
  }

  private static String setting(String name) throws SQLException {
    try (Connection connection = connect(database.username(), database.password());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show " + name)) {
      row.next();
      return row.getString(1);
    }
  }

  private static Connection connect(String user, String password) throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), user, password);
  }

  private static Path unpacked() throws Exception {
    try (Stream<Path> found = Files.list(CaTestDatabase.binaries())) {
      return found
          .filter(path -> path.getFileName().toString().startsWith("postgresql-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int asNobody(String command) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    "/usr/bin/setpriv",
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "/bin/sh",
                    "-c",
                    command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
