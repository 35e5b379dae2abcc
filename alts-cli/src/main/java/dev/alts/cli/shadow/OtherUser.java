package dev.alts.cli.shadow;

import com.google.gson.JsonArray;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.alts.cli.ca.CommandFailedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * altsctl, run as another user of this machine with that user's groups, by setpriv of util-linux.
 * For agents it is that user's process in everything but its executable.
 */
public final class OtherUser {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");

  private final String name;

  private OtherUser(String name) {
    this.name = name;
  }

  /** What the other altsctl printed, and how it ended. */
  public record Outcome(JsonArray answer, int exitCode) {}

  public static OtherUser named(String name) {
    if (!NAME.matcher(name).matches()) {
      throw CommandFailedException.usage(
          "--as: \"%s\" (expected: the name or number of a user)".formatted(name), null);
    }
    return new OtherUser(name);
  }

  /** {@return what altsctl answers with these arguments, which ask for JSON} */
  public Outcome run(List<String> arguments) {
    String group = output(List.of("id", "-g", name)).strip();
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + name,
                "--regid=" + group,
                "--init-groups",
                "--",
                System.getProperty("java.home") + "/bin/java",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.alts.cli.AltsctlMain"));
    command.addAll(arguments);
    try {
      Process process = start(command);
      String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.waitFor();
      return new Outcome(answer.isBlank() ? failed(exit) : array(answer), exit);
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw CommandFailedException.failed("--as %s: %s".formatted(name, e.getMessage()), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted", null, e);
    }
  }

  private JsonArray failed(int exit) {
    throw CommandFailedException.refused(
        "--as %s: altsctl ended with %d".formatted(name, exit),
        "its own words are above; root is needed, and the user has to be able to read %s"
            .formatted(System.getProperty("java.class.path")));
  }

  private static JsonArray array(String text) {
    return JsonParser.parseString(text).getAsJsonArray();
  }

  private String output(List<String> command) {
    try {
      Process process = start(command);
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw CommandFailedException.usage("--as: there is no user " + name, null);
      }
      return output;
    } catch (IOException e) {
      throw CommandFailedException.failed("cannot run %s".formatted(command.getFirst()), null, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailedException.failed("interrupted", null, e);
    }
  }

  private static Process start(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }
}
