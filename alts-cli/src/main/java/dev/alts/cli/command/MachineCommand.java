package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Machines that the CA attested. */
@Command(name = "machine", description = "Machines that the CA attested.")
public final class MachineCommand {
  private static final Table TABLE =
      new Table(
          Column.of("MACHINE", "name"),
          Column.of("BOUNDARY", "boundary"),
          Column.of("ATTESTOR", "attestor"),
          Column.of("LABELS", "labels"),
          Column.of("AGENT", "agentVersion"),
          Column.of("BANNED", "banned"),
          Column.of("ATTESTED", "attestedAt"),
          Column.of("LAST SEEN", "lastSeenAt"));

  private final Session session;

  public MachineCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List the machines.")
  int list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "At most this many.")
          int limit) {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(
              ca.list("/v1/machines", limit),
              TABLE,
              "No machine has attested yet: altsctl token create, then start its agent.");
    }
    return 0;
  }

  @Command(
      name = "rotate",
      description = "Have a machine's agent renew every certificate of its processes now.")
  int rotate(@Parameters(paramLabel = "NAME", description = "The machine.") String name) {
    try (CaClient ca = session.ca()) {
      JsonObject answer =
          ca.post("/v1/machines/" + Query.segment(name) + "/rotate", new JsonObject());
      session.printer().one(answer, List.of("Told the agent of %s to renew.".formatted(name)));
    }
    return 0;
  }
}
