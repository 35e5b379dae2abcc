package dev.alts.ca.database;

import dev.alts.ca.configuration.OwnerOnly;
import dev.alts.ca.configuration.StartRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A cluster directory, its password and the programs that work on it. */
final class PostgresCluster {
  static final String USER = "alts";

  private static final String MAJOR_VERSION = "18";
  private static final Duration PROGRAM_DEADLINE = Duration.ofMinutes(2);

  /** What makes an acknowledged commit survive a crash, and keeps the network out. */
  private static final String FIXED_SETTINGS =
      """
      fsync = on
      synchronous_commit = on
      full_page_writes = on
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      password_encryption = scram-sha-256
      max_connections = 60
      shared_buffers = 64MB
      timezone = 'UTC'
      log_timezone = 'UTC'
      """;

  private final Path directory;
  private final Path passwordFile;
  private final Path log;
  private final PostgresBinaries binaries;

  PostgresCluster(Path home, PostgresBinaries binaries) {
    this.directory = home.resolve("cluster");
    this.passwordFile = home.resolve("password");
    this.log = home.resolve("server.log");
    this.binaries = binaries;
  }

  Path directory() {
    return directory;
  }

  Path serverProgram() {
    return binaries.program("postgres");
  }

  String password() {
    try {
      OwnerOnly.require(passwordFile);
      return Files.readString(passwordFile).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("reading the database password " + passwordFile, e);
    }
  }

  /**
   * Makes the cluster if it is not there: beside, then renamed, so one that is there is complete.
   */
  void createIfAbsent(SecureRandom random) {
    if (Files.isDirectory(directory)) {
      requireMajorVersion();
      return;
    }
    byte[] secret = new byte[32];
    random.nextBytes(secret);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    OwnerOnly.write(passwordFile, password.getBytes(StandardCharsets.US_ASCII));
    Path unfinished = directory.resolveSibling("cluster.unfinished");
    try {
      DirectoryTree.delete(unfinished);
      run(
          "initdb",
          "--pgdata=" + unfinished,
          "--username=" + USER,
          "--auth=scram-sha-256",
          "--pwfile=" + passwordFile,
          "--encoding=UTF8",
          "--locale=C.UTF-8",
          "--no-instructions");
      Files.writeString(
          unfinished.resolve("postgresql.conf"),
          "\ninclude 'alts.conf'\n",
          StandardOpenOption.APPEND);
      Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("making the cluster " + directory, e);
    }
  }

  /** Starts the server on a port that is free now, and waits until it takes connections. */
  void start() {
    String settings = FIXED_SETTINGS + "port = " + freePort() + "\n";
    OwnerOnly.write(directory.resolve("alts.conf"), settings.getBytes(StandardCharsets.US_ASCII));
    run("pg_ctl", "start", "--wait", "--pgdata=" + directory, "--log=" + log);
  }

  /** Ends every connection and the server, and waits for it. */
  void stop() {
    run("pg_ctl", "stop", "--mode=fast", "--wait", "--pgdata=" + directory);
  }

  /** {@return the end of the server's log, for whoever has to find out why it does not start} */
  String logTail() {
    try {
      String text = Files.exists(log) ? Files.readString(log) : "";
      return text.substring(Math.max(0, text.length() - 2000));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + log, e);
    }
  }

  private void requireMajorVersion() {
    try {
      String found = Files.readString(directory.resolve("PG_VERSION")).strip();
      if (!found.equals(MAJOR_VERSION)) {
        throw new StartRefusedException(
            "The embedded database %s is of PostgreSQL %s, this CA brings %s."
                .formatted(directory, found, MAJOR_VERSION),
            "Dump it with the CA that made it and load it into the new one.");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading PG_VERSION in " + directory, e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("looking for a free port", e);
    }
  }

  private void run(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      // PostgreSQL refuses uid 0. In a user namespace without a map it has no uid that it knows,
      // while its files stay ours alone.
      command.add("unshare");
      command.add("--user");
    }
    command.add(binaries.program(program).toString());
    command.addAll(List.of(arguments));
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.startsWith("PG"));
      environment.put("LC_ALL", "C");
      Path output = Files.createTempFile(directory.getParent(), program, ".out");
      Process process = builder.redirectOutput(output.toFile()).start();
      boolean ended = process.waitFor(PROGRAM_DEADLINE.toSeconds(), TimeUnit.SECONDS);
      String said = Files.readString(output).strip();
      Files.delete(output);
      if (!ended) {
        process.destroyForcibly();
      }
      if (!ended || process.exitValue() != 0) {
        throw new DatabaseStartException(
            "%s %s: %s".formatted(program, ended ? "failed" : "did not end in time", said));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("running " + program, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseStartException("interrupted while running " + program);
    }
  }

  private static boolean isRoot() {
    try {
      return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the own uid", e);
    }
  }
}
