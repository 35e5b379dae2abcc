package dev.alts.demo.stage;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** altsctl as one human uses it: the program, and the directory where it keeps their login. */
public final class CommandLine {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Stage stage;
  private final String adminAddress;
  private final Path home;

  /** altsctl of the human {@code name}, whose home is a private directory of the stage. */
  public CommandLine(Stage stage, CertificateAuthority ca, String name) {
    this.stage = stage;
    this.adminAddress = ca.adminAddress();
    this.home = stage.privateDirectory("home-" + name);
  }

  /** How a call of altsctl ended. */
  public record Outcome(int exitCode, String output, String log) {}

  public Path home() {
    return home;
  }

  /** {@return what altsctl answers, as JSON; fails if altsctl does} */
  public JsonElement ask(String... arguments) throws InterruptedException {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--output=json");
    Child child = run(all);
    String output = readAll(child);
    if (child.await(LIMIT) != 0) {
      throw child.failure("altsctl " + arguments[0] + " failed");
    }
    return JsonParser.parseString(output);
  }

  /** {@return how altsctl ends, good or bad, with {@code input} on its standard input} */
  public Outcome tryTo(String input, String... arguments) throws InterruptedException {
    Child child = run(List.of(arguments));
    try (var standardInput = child.input()) {
      standardInput.write(input);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String output = readAll(child);
    return new Outcome(child.await(LIMIT), output, child.endOfLog());
  }

  private Child run(List<String> arguments) {
    return stage.start(
        "altsctl",
        stage.programs().altsctl(),
        arguments,
        Map.of("ALTS_CONFIG_HOME", home.toString(), "ALTS_CA", adminAddress));
  }

  private static String readAll(Child child) {
    return child.output().lines().collect(Collectors.joining("\n"));
  }
}
