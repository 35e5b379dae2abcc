package dev.alts.cli.command;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Completion for shells. */
@Command(
    name = "completion",
    description = {
      "Print a completion script for bash and zsh.",
      "Use: source <(altsctl completion)"
    })
public final class CompletionCommand implements Runnable {
  private final Session session;
  private final CommandLine all;

  public CompletionCommand(Session session, CommandLine all) {
    this.session = session;
    this.all = all;
  }

  @Override
  public void run() {
    session.context().out().println(AutoComplete.bash("altsctl", all));
  }
}
