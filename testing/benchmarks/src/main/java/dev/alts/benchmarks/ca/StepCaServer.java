package dev.alts.benchmarks.ca;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A step-ca on the same PostgreSQL: P-256 root and intermediate, one JWK provisioner. */
final class StepCaServer implements AutoCloseable {
  private final Process process;
  private final int port;

  private StepCaServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts it.
   *
   * @param jwk public key of the provisioner
   */
  static StepCaServer start(Path program, Path home, PostgresServer postgres, String jwk)
      throws IOException, InterruptedException {
    Files.createDirectories(home);
    Files.writeString(
        home.resolve("ca.ext"),
        "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n");
    String key = " -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
    openssl(home, "req -x509" + key + "-days 30 -subj /CN=root -keyout root.key -out root.crt");
    openssl(home, "req" + key + "-subj /CN=intermediate -keyout int.key -out int.csr");
    openssl(
        home,
        "x509 -req -in int.csr -CA root.crt -CAkey root.key -CAcreateserial -days 20"
            + " -extfile ca.ext -out int.crt");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path configuration = home.resolve("ca.json");
    String address = postgres.url("x").replaceFirst("jdbc:postgresql://([^/]*)/.*", "$1");
    Files.writeString(
        configuration,
        """
        {"root": "%1$s/root.crt", "crt": "%1$s/int.crt", "key": "%1$s/int.key",
         "address": "127.0.0.1:%2$d", "dnsNames": ["localhost"],
         "logger": {"format": "json"},
         "db": {"type": "postgresql", "dataSource": "postgresql://%3$s:%4$s@%5$s/",
                "database": "stepca"},
         "authority": {"provisioners": [
           {"type": "JWK", "name": "bench", "key": %6$s,
            "claims": {"maxTLSCertDuration": "24h", "defaultTLSCertDuration": "1h"}}]}}
        """
            .formatted(home, port, postgres.user(), postgres.password(), address, jwk));
    Process process =
        new ProcessBuilder(program.toString(), configuration.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("step-ca.log").toFile())
            .start();
    return new StepCaServer(process, port);
  }

  int port() {
    return port;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  Duration cpuTime() {
    return CpuTime.of(process.pid());
  }

  private static void openssl(Path directory, String arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ", -1)));
    command.removeIf(String::isEmpty);
    Process openssl =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("openssl.log").toFile())
            .start();
    if (openssl.waitFor() != 0) {
      throw new IllegalStateException("openssl " + arguments + ": see " + directory);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
