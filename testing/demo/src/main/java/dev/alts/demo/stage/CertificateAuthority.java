package dev.alts.demo.stage;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A CA with its embedded database, running.
 *
 * @param machineAddress where agents connect, HOST:PORT
 * @param adminAddress where altsctl connects, HOST:PORT
 * @param variables of its environment: properties beside those of every stage
 */
public record CertificateAuthority(
    Child process,
    String machineAddress,
    String adminAddress,
    Path operatorSocket,
    String rootFingerprint,
    Map<String, String> variables) {
  public static final String TRUST_DOMAIN = "demo.alts";

  /** Variable that names another trust domain. */
  public static final String TRUST_DOMAIN_VARIABLE = "ALTS_CA_TRUST_DOMAIN";

  private static final Duration START = Duration.ofMinutes(3);

  /** Starts a CA on ports that the kernel chooses. */
  public static CertificateAuthority start(Stage stage, Map<String, String> variables)
      throws InterruptedException {
    return start(stage, "ca", "0", "0", variables);
  }

  /** Starts another replica on the database of this CA, whose process must outlive it. */
  public CertificateAuthority startReplica(Stage stage, String name) throws InterruptedException {
    return start(stage, name, "0", "0", database(stage));
  }

  /** Starts the replica {@code name} again, on the ports of {@code before}. */
  public CertificateAuthority startReplicaAgain(
      Stage stage, String name, CertificateAuthority before) throws InterruptedException {
    return start(
        stage, name, port(before.machineAddress), port(before.adminAddress), database(stage));
  }

  /** {@return this CA and another replica as one that answers at either's addresses} */
  public CertificateAuthority and(CertificateAuthority other) {
    return new CertificateAuthority(
        process,
        machineAddress + "," + other.machineAddress,
        adminAddress + "," + other.adminAddress,
        operatorSocket,
        rootFingerprint,
        variables);
  }

  /** In the environment, which other users cannot read: it holds the password. */
  private static Map<String, String> database(Stage stage) {
    Path home = stage.privateDirectory("ca").resolve("database");
    try {
      String port = Files.readAllLines(home.resolve("cluster/postmaster.pid")).get(3).strip();
      return Map.of(
          "SPRING_DATASOURCE_URL",
          "jdbc:postgresql://127.0.0.1:%s/postgres?gssEncMode=disable&sslmode=disable"
              .formatted(port),
          "SPRING_DATASOURCE_USERNAME",
          "alts",
          "SPRING_DATASOURCE_PASSWORD",
          Files.readString(home.resolve("password")).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the CA again, with its data and on its ports, after its process has ended. */
  public CertificateAuthority startAgain(Stage stage) throws InterruptedException {
    return startAgain(stage, Map.of());
  }

  /** As {@link #startAgain(Stage)}, with more variables, which Spring takes as properties. */
  public CertificateAuthority startAgain(Stage stage, Map<String, String> more)
      throws InterruptedException {
    Map<String, String> all = new HashMap<>(variables);
    all.putAll(more);
    return start(stage, "ca", port(machineAddress), port(adminAddress), all);
  }

  private static CertificateAuthority start(
      Stage stage, String name, String machinePort, String adminPort, Map<String, String> variables)
      throws InterruptedException {
    Path data = stage.privateDirectory(name);
    Path endpoints = data.resolve("endpoints.json");
    try {
      Files.deleteIfExists(endpoints);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> arguments = new ArrayList<>();
    arguments.add(
        "--alts.ca.trust-domain=" + variables.getOrDefault(TRUST_DOMAIN_VARIABLE, TRUST_DOMAIN));
    arguments.add("--alts.ca.data-directory=" + data);
    arguments.add(
        "--alts.ca.key-encryption-key-file="
            + stage.privateDirectory("ca-key").resolve("key-encryption-key"));
    arguments.add("--alts.ca.machine.port=" + machinePort);
    arguments.add("--server.port=" + adminPort);
    Child process = stage.startServer(name, stage.programs().ca(), arguments, variables);
    JsonObject found = Awaited.from(process, "wrote endpoints.json", START, () -> read(endpoints));
    return new CertificateAuthority(
        process,
        found.get("machine").getAsString(),
        found.get("admin").getAsString(),
        Path.of(found.get("operatorSocket").getAsString()),
        found.get("rootFingerprint").getAsString(),
        Map.copyOf(variables));
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
