package dev.alts.demo.stage;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A CA with its embedded database, running.
 *
 * @param machineAddress where agents connect, HOST:PORT
 * @param adminAddress where altsctl connects, HOST:PORT
 */
public record CertificateAuthority(
    Child process,
    String machineAddress,
    String adminAddress,
    Path operatorSocket,
    String rootFingerprint) {
  public static final String TRUST_DOMAIN = "demo.alts";

  private static final Duration START = Duration.ofMinutes(3);

  /** Starts a CA on ports that the kernel chooses. */
  public static CertificateAuthority start(Stage stage) throws InterruptedException {
    return start(stage, "0", "0");
  }

  /** Starts the CA again, with its data and on its ports, after its process has ended. */
  public CertificateAuthority startAgain(Stage stage) throws InterruptedException {
    return start(stage, port(machineAddress), port(adminAddress));
  }

  private static CertificateAuthority start(Stage stage, String machinePort, String adminPort)
      throws InterruptedException {
    Path data = stage.privateDirectory("ca");
    Path endpoints = data.resolve("endpoints.json");
    try {
      Files.deleteIfExists(endpoints);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> arguments = new ArrayList<>();
    arguments.add("--alts.ca.trust-domain=" + TRUST_DOMAIN);
    arguments.add("--alts.ca.data-directory=" + data);
    arguments.add(
        "--alts.ca.key-encryption-key-file="
            + stage.privateDirectory("ca-key").resolve("key-encryption-key"));
    arguments.add("--alts.ca.machine.port=" + machinePort);
    arguments.add("--server.port=" + adminPort);
    Child process = stage.startServer("ca", stage.programs().ca(), arguments);
    JsonObject found = Awaited.from(process, "wrote endpoints.json", START, () -> read(endpoints));
    return new CertificateAuthority(
        process,
        found.get("machine").getAsString(),
        found.get("admin").getAsString(),
        Path.of(found.get("operatorSocket").getAsString()),
        found.get("rootFingerprint").getAsString());
  }

  private static String port(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  private static Optional<JsonObject> read(Path endpoints) {
    try {
      return Files.exists(endpoints)
          ? Optional.of(JsonParser.parseString(Files.readString(endpoints)).getAsJsonObject())
          : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
