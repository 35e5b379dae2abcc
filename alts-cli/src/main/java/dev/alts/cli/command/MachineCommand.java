package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.ArrayList;
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
          new Column("COPIED", MachineCommand::copied),
          Column.of("ATTESTED", "attestedAt"),
          Column.of("LAST SEEN", "lastSeenAt"));

  private final Session session;

  private static String copied(JsonObject machine) {
    JsonElement copied = machine.get("copied");
    return copied == null || copied.isJsonNull()
        ? "-"
        : "STOPPED " + JsonText.of(copied.getAsJsonObject().get("detectedAt"));
  }

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

  @Command(
      name = "blast-radius",
      description = {
        "Show every identity that a machine could obtain if its agent lied.",
        "{fact} stands for any text. An upper bound: what the agent can say is not checked."
      })
  int blastRadius(@Parameters(paramLabel = "NAME", description = "The machine.") String name) {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.get("/v1/machines/" + Query.segment(name) + "/blast-radius");
      session.printer().one(answer, reach(answer));
    }
    return 0;
  }

  private static List<String> reach(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s could obtain, by the rules of version %s, at most %s identities at a time:"
            .formatted(
                JsonText.of(answer.get("machine")),
                JsonText.of(answer.get("ruleVersion")),
                JsonText.of(answer.get("mostIdentities"))));
    if (answer.get("banned").getAsBoolean()) {
      lines.add("  (it is banned and obtains nothing now; this is what it could without the ban)");
    }
    for (JsonElement element : answer.getAsJsonArray("reachable")) {
      JsonObject rule = element.getAsJsonObject();
      boolean freely = rule.getAsJsonArray("assumes").isEmpty();
      lines.add(
          "  %s  by rule %s%s"
              .formatted(
                  JsonText.of(rule.get("pattern")),
                  JsonText.of(rule.get("rule")),
                  freely ? ", without a lie" : ", claiming " + JsonText.of(rule.get("assumes"))));
    }
    answer
        .getAsJsonArray("outOfReach")
        .forEach(element ->
            lines.add(
                "  not by rule %s: %s"
                    .formatted(
                        JsonText.of(element.getAsJsonObject().get("rule")),
                        JsonText.of(element.getAsJsonObject().get("why")))));
    return lines;
  }
}
