package dev.alts.benchmarks.ca;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** altsctl of one admin, each command a process of its own. */
final class AdminCommands {
  private static final int LONGEST_SECONDS = 120;

  private final Path jar;
  private final Path home;
  private final CaServer ca;

  private AdminCommands(Path jar, Path home, CaServer ca) {
    this.jar = jar;
    this.home = home;
    this.ca = ca;
  }

  /** Enrols the first admin of a new CA over its operator's socket, and logs in. */
  static AdminCommands enrol(Path jar, Path home, CaServer ca)
      throws IOException, InterruptedException {
    Files.createDirectories(home);
    AdminCommands admin = new AdminCommands(jar, home, ca);
    String code =
        admin.run(
            "", "operator", "enrol-first-admin", "ada", "--operator-socket=" + ca.operatorSocket());
    admin.run(
        code.lines().filter(line -> line.contains("alts1.")).findFirst().orElseThrow().strip()
            + "\n",
        "login",
        "--code=-");
    return admin;
  }

  /** {@return what the command printed} */
  String run(String input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", jar.toString()));
    command.addAll(List.of(arguments));
    Path output = home.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("ALTS_CONFIG_HOME", home.toString());
    builder.environment().put("ALTS_CA", ca.adminAddress());
    Process process = builder.start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(
          "altsctl %s failed: %s".formatted(arguments[0], Files.readString(output)));
    }
    return Files.readString(output);
  }
}
