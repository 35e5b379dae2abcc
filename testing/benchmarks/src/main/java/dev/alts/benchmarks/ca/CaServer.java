package dev.alts.benchmarks.ca;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged CA in a process of its own. */
final class CaServer implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(3);

  private final Process process;
  private final Path dataDirectory;
  private final Duration startWall;
  private final Duration startCpu;

  private CaServer(Process process, Path dataDirectory, Duration startWall, Duration startCpu) {
    this.process = process;
    this.dataDirectory = dataDirectory;
    this.startWall = startWall;
    this.startCpu = startCpu;
  }

  /**
   * Where and how a CA is started.
   *
   * @param flags of its JVM
   * @param machinePort 0: any
   */
  record Setup(
      Path jar,
      Path home,
      PostgresServer postgres,
      String database,
      List<String> flags,
      int machinePort) {
    Setup {
      flags = List.copyOf(flags);
    }

    Setup with(List<String> otherFlags) {
      return new Setup(jar, home, postgres, database, otherFlags, machinePort);
    }
  }

  /** {@return a CA that answers on all its ports} */
  static CaServer start(Setup setup) throws IOException, InterruptedException {
    Path data = setup.home().resolve("data");
    Path endpoints = data.resolve("endpoints.json");
    Files.deleteIfExists(endpoints);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(setup.flags());
    command.add("-jar");
    command.add(setup.jar().toString());
    command.add("--alts.ca.trust-domain=bench.alts");
    command.add("--alts.ca.data-directory=" + data);
    command.add(
        "--alts.ca.key-encryption-key-file=" + setup.home().resolve("kek/key-encryption-key"));
    command.add("--alts.ca.machine.port=" + setup.machinePort());
    command.add("--server.port=0");
    command.add("--spring.datasource.url=" + setup.postgres().url(setup.database()));
    command.add("--spring.datasource.username=" + setup.postgres().user());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(setup.home().resolve("ca.log").toFile()));
    builder.environment().put("SPRING_DATASOURCE_PASSWORD", setup.postgres().password());
    long began = System.nanoTime();
    Process process = builder.start();
    while (!Files.exists(endpoints)) {
      if (process.waitFor(5, TimeUnit.MILLISECONDS)
          || System.nanoTime() - began > START.toNanos()) {
        process.destroyForcibly();
        throw new IllegalStateException(
            "the CA did not start; its log: " + setup.home().resolve("ca.log"));
      }
    }
    return new CaServer(
        process, data, Duration.ofNanos(System.nanoTime() - began), CpuTime.of(process.pid()));
  }

  Duration startWall() {
    return startWall;
  }

  Duration startCpu() {
    return startCpu;
  }

  int machinePort() throws IOException {
    String address = endpoints().get("machine").getAsString();
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }

  String rootFingerprint() throws IOException {
    return endpoints().get("rootFingerprint").getAsString();
  }

  String adminAddress() throws IOException {
    return endpoints().get("admin").getAsString();
  }

  String operatorSocket() throws IOException {
    return endpoints().get("operatorSocket").getAsString();
  }

  private JsonObject endpoints() throws IOException {
    return new Gson()
        .fromJson(Files.readString(dataDirectory.resolve("endpoints.json")), JsonObject.class);
  }

  Duration cpuTime() {
    return CpuTime.of(process.pid());
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
