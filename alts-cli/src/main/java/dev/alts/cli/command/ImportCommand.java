package dev.alts.cli.command;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Takes over what another system decides. */
@Command(name = "import", description = "Make rules of what another system decides.")
public final class ImportCommand {
  private ImportCommand() {}

  /** {@return the command with its systems} */
  public static CommandLine commandLine(Session session) {
    return new CommandLine(new ImportCommand()).addSubcommand(new ImportSpireCommand(session));
  }
}
