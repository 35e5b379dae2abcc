package dev.alts.agent.handshaker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The programs in testing/interop, built from the registries of their languages. */
final class ForeignPrograms implements AutoCloseable {
  private static final Path SOURCES =
      Path.of(System.getProperty("basedir")).toAbsolutePath().resolveSibling("testing/interop");
  private static final long BUILD_MINUTES = 5;
  private static final long ANSWER_SECONDS = 180;

  private final Map<String, List<String>> commands = new TreeMap<>();
  private final Map<String, String> versions = new TreeMap<>();
  private final List<Process> servers = new ArrayList<>();

  /** Builds what can be built here; what cannot is absent, and its tests are skipped. */
  static ForeignPrograms build(Path directory) throws Exception {
    ForeignPrograms programs = new ForeignPrograms();
    Path go = directory.resolve("go-peer");
    if (succeeds(SOURCES.resolve("go"), List.of("go", "build", "-o", go.toString(), "."))) {
      programs.commands.put("grpc-go", List.of(go.toString()));
      programs.versions.put(
          "grpc-go", pinned(SOURCES.resolve("go/go.mod"), "google.golang.org/grpc v"));
    }
    Path venv = directory.resolve("venv");
    String python = venv.resolve("bin/python").toString();
    Path requirements = SOURCES.resolve("python/requirements.txt");
    if (succeeds(directory, List.of("python3", "-m", "venv", venv.toString()))
        && succeeds(
            directory,
            List.of(python, "-m", "pip", "install", "-q", "-r", requirements.toString()))) {
      programs.commands.put(
          "grpcio", List.of(python, SOURCES.resolve("python/peer.py").toString()));
      programs.versions.put("grpcio", pinned(requirements, "grpcio=="));
    }
    return programs;
  }

  /** {@return whether this machine can show a program what an ALTS stack looks for} */
  static boolean canBeDeceived() throws Exception {
    return succeeds(SOURCES, List.of(SOURCES.resolve("on-gcp").toString(), "true"));
  }

  boolean has(String stack) {
    return commands.containsKey(stack);
  }

  String version(String stack) {
    return versions.getOrDefault(stack, "");
  }

  /** {@return the port of a new server} */
  int serve(String stack) throws Exception {
    Process server = start(stack, List.of());
    servers.add(server);
    String line = reader(server).readLine();
    if (line == null || !line.startsWith("LISTENING ")) {
      throw new AssertionError(stack + " does not listen, but says: " + line);
    }
    return Integer.parseInt(line.substring("LISTENING ".length()));
  }

  /** {@return the last line of a client's output: OK, or FAILED and why} */
  String call(String stack, String... arguments) throws Exception {
    Process client = start(stack, List.of(arguments));
    if (!client.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
      client.destroyForcibly();
      return "FAILED no answer within %d s".formatted(ANSWER_SECONDS);
    }
    return reader(client).lines().reduce("", (before, line) -> line);
  }

  @Override
  public void close() {
    servers.forEach(Process::destroyForcibly);
  }

  private Process start(String stack, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(SOURCES.resolve("on-gcp").toString());
    command.addAll(commands.get(stack));
    command.addAll(arguments);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static boolean succeeds(Path directory, List<String> command) throws Exception {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }

  private static String pinned(Path file, String prefix) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.contains(prefix))
        .map(line -> line.substring(line.indexOf(prefix) + prefix.length()).strip())
        .findFirst()
        .orElseThrow();
  }
}
