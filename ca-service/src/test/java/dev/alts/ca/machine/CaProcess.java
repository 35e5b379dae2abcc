package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.CaApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** A complete CA in a process of its own, on the database of another replica. */
final class CaProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);

  private final List<String> command;
  private final Path log;
  private final int port;
  private final int operationsPort;
  private Process process;

  private CaProcess(List<String> command, Path log, int port, int operationsPort) {
    this.command = command;
    this.log = log;
    this.port = port;
    this.operationsPort = operationsPort;
  }

  static CaProcess start(MachineCa replica) throws IOException, InterruptedException {
    return start(replica.replicaHome(), replica.database());
  }

  /**
   * @param home has the key-encryption key
   */
  static CaProcess start(Path home, List<String> database, String... more)
      throws IOException, InterruptedException {
    int port = freePort();
    int operationsPort = freePort();
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CaApplication.class.getName(),
                "--alts.ca.trust-domain=test.alts",
                "--alts.ca.data-directory=" + home.resolve("data"),
                "--alts.ca.key-encryption-key-file=" + home.resolve("kek/key-encryption-key"),
                "--alts.ca.machine.port=" + port,
                "--alts.ca.operations.port=" + operationsPort,
                "--server.port=0"));
    database.forEach(property -> command.add("--" + property));
    List.of(more).forEach(property -> command.add("--" + property));
    CaProcess ca = new CaProcess(command, home.resolve("log"), port, operationsPort);
    ca.run();
    return ca;
  }

  int port() {
    return port;
  }

  /** Of {@code /readyz}. */
  int operationsPort() {
    return operationsPort;
  }

  /** {@return HOST:PORT of the admin port, as it has written it down} */
  String adminAddress() throws IOException {
    Path endpoints = log.resolveSibling("data").resolve("endpoints.json");
    return JsonMapper.builder()
        .build()
        .readTree(Files.readString(endpoints))
        .get("admin")
        .asString();
  }

  /** SIGKILL, and a new process on the same port; the database lives on. */
  void killAndStartAgain() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor()).as("killed by signal 9").isEqualTo(128 + 9);
    run();
  }

  /** SIGTERM, and waits until it has ended. */
  void terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(START.toSeconds(), TimeUnit.SECONDS)).as("ends in time").isTrue();
  }

  /** SIGSTOP: from here on it does nothing at all. */
  void suspend() throws IOException, InterruptedException {
    signal("-STOP");
  }

  /** SIGCONT: it goes on where it was. */
  void resume() throws IOException, InterruptedException {
    signal("-CONT");
  }

  private void signal(String signal) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  private void run() throws InterruptedException {
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    long deadline = System.nanoTime() + START.toNanos();
    while (!answers()) {
      assertThat(process.isAlive()).as("the CA runs; its log: %s", log).isTrue();
      assertThat(System.nanoTime()).as("the CA listens in time").isLessThan(deadline);
      if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
        throw new AssertionError("the CA ended; its log: " + log);
      }
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      // not there yet
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
