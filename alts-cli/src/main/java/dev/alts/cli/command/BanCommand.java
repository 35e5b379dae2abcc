package dev.alts.cli.command;

import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import picocli.CommandLine.Command;

/** Identities that are not issued any more. */
@Command(
    name = "ban",
    description = "Identities that are not issued any more; banned machines: altsctl machine list.")
public final class BanCommand {
  private static final Table TABLE =
      new Table(
          Column.of("SPIFFE ID", "spiffeId"),
          Column.of("SINCE", "since"),
          Column.of("REASON", "reason"));

  private final Session session;

  public BanCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List banned identities.")
  int list() {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(ca.list("/v1/bans", Integer.MAX_VALUE), TABLE, "No identity is banned.");
    }
    return 0;
  }
}
