package dev.alts.cli.command;

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

/** Acts that take two admins. */
@Command(
    name = "approval",
    description = {
      "Acts that take two admins: what one asked for waits here for another.",
      "Which kinds do is in the CA's configuration (alts.ca.four-eyes.kinds)."
    })
public final class ApprovalCommand {
  private static final Table TABLE =
      new Table(
          Column.of("ID", "id"),
          Column.of("KIND", "kind"),
          Column.of("TARGET", "target"),
          Column.of("STATE", "state"),
          Column.of("ASKED BY", "requestedBy"),
          Column.of("UNTIL", "expiresAt"),
          Column.of("DECIDED BY", "decidedBy"),
          Column.of("REASON", "reason"));

  private final Session session;

  public ApprovalCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List what waits.")
  int list(
      @Option(names = "--all", description = "What was decided or is over, too.") boolean all,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "At most this many.")
          int limit) {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(
              ca.list(all ? "/v1/approvals" : "/v1/approvals?pending=true", limit),
              TABLE,
              "Nothing waits for a second admin.");
    }
    return 0;
  }

  @Command(name = "show", description = "Show exactly what would be done.")
  int show(@Parameters(paramLabel = "ID", description = "Its number.") String id) {
    try (CaClient ca = session.ca()) {
      JsonObject approval = ca.get(path(id));
      session.printer().one(approval, lines(approval));
    }
    return 0;
  }

  @Command(name = "approve", description = "Have it done now; never what you asked for yourself.")
  int approve(
      @Parameters(paramLabel = "ID", description = "Its number.") String id,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason) {
    JsonObject approval = decide(id, "approve", reason);
    return JsonText.of(approval.get("state")).equals("executed") ? 0 : 1;
  }

  @Command(name = "reject", description = "Have it not done; takes back what you asked for.")
  int reject(
      @Parameters(paramLabel = "ID", description = "Its number.") String id,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason) {
    decide(id, "reject", reason);
    return 0;
  }

  private JsonObject decide(String id, String decision, String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject approval = ca.post(path(id) + "/" + decision, body);
      session.printer().one(approval, lines(approval));
      return approval;
    }
  }

  private static String path(String id) {
    return "/v1/approvals/" + Query.segment(id);
  }

  private static List<String> lines(JsonObject approval) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s %s: %s, %s"
            .formatted(
                text(approval, "id"),
                text(approval, "kind"),
                text(approval, "target"),
                text(approval, "state")));
    lines.add(
        "  asked for by %s at %s, until %s: %s"
            .formatted(
                text(approval, "requestedBy"),
                text(approval, "requestedAt"),
                text(approval, "expiresAt"),
                text(approval, "reason")));
    lines.add("  request: " + approval.get("request"));
    if (!approval.get("decidedBy").isJsonNull()) {
      lines.add(
          "  decided by %s at %s: %s"
              .formatted(
                  text(approval, "decidedBy"),
                  text(approval, "decidedAt"),
                  text(approval, "decisionReason")));
      lines.add("  outcome: " + text(approval, "outcome"));
    }
    return lines;
  }

  private static String text(JsonObject object, String name) {
    return JsonText.of(object.get(name));
  }
}
