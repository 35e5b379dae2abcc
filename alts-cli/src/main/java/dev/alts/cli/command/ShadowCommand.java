package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.ExitCode;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import dev.alts.cli.shadow.Comparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Another system's answers beside ours. */
@Command(
    name = "shadow",
    description = "Compare another system's answers with ours, and change neither.",
    footer = {"", "Exit codes: 0 all the same, 3 an agent did not answer, 4 not the same."})
public final class ShadowCommand {
  static final Table TABLE =
      new Table(
          Column.of("PROCESS", "process"),
          Column.of("ANSWERS", "verdict"),
          Column.of("IDENTITY", "spiffeId"),
          Column.of("WHAT", "what"));

  private ShadowCommand() {}

  /** {@return the command with its forms} */
  public static CommandLine commandLine(Session session) {
    return new CommandLine(new ShadowCommand())
        .addSubcommand(new ShadowSpireCommand(session))
        .addSubcommand(new ShadowFleetCommand(session));
  }

  static int exitCode(List<Comparison> comparisons) {
    boolean same = comparisons.stream().allMatch(one -> one.verdict() == Comparison.Verdict.SAME);
    return (same ? ExitCode.OK : ExitCode.INCOMPLETE).number();
  }

  static void write(@Nullable Path report, JsonArray comparisons) {
    if (report == null) {
      return;
    }
    JsonObject content = new JsonObject();
    content.add("comparisons", comparisons);
    try {
      Files.writeString(report, content + "\n");
    } catch (IOException e) {
      throw CommandFailedException.failed("cannot write %s: %s".formatted(report, e), null, e);
    }
  }
}
