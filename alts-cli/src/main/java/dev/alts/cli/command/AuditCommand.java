package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The audit log: who did what, and whether anybody changed it since. */
@Command(
    name = "audit",
    description = "The audit log: who did what, and whether anybody changed it since.",
    footer = {
      "",
      "A witness makes the end of the log certain: the file of alts.ca.audit.sink-file, or the file",
      "audit-checkpoint in the data directory of any agent."
    })
public final class AuditCommand {
  private static final Table EVENTS =
      new Table(
          Column.of("AT", "recordedAt"),
          Column.of("CHAIN", "chain"),
          Column.of("EVENT", "sequence"),
          Column.of("TYPE", "type"),
          Column.of("WHAT", "event"));
  private static final Table FINDINGS =
      new Table(
          Column.of("WHERE", "where"),
          Column.of("WHAT", "what"),
          Column.of("EXPLANATION", "explanation"));
  private static final int PAGE = 500;
  private static final Duration RECENT = Duration.ofHours(1);

  private final Session session;

  public AuditCommand(Session session) {
    this.session = session;
  }

  @Command(
      name = "list",
      description = "List what people did, newest first; with --all what the CA did as well.")
  int list(
      @Option(
              names = "--all",
              description = "Also what the CA did; of the last hour unless --since says more.")
          boolean all,
      @Option(names = "--since", paramLabel = "TIME", description = "Recorded then or later.")
          @Nullable String since,
      @Option(names = "--until", paramLabel = "TIME", description = "Recorded earlier.")
          @Nullable String until,
      @Option(names = "--type", paramLabel = "NAME", description = "Of this type, e.g. AdminActed.")
          @Nullable String type,
      @Option(
              names = "--containing",
              paramLabel = "TEXT",
              description = "With this text, for example /human/ada.")
          @Nullable String text,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "At most this many.")
          int limit) {
    String from =
        since == null && all ? session.context().clock().instant().minus(RECENT).toString() : since;
    String path = Query.add("/v1/audit/events", "all", all ? "true" : null);
    path = Query.add(path, "from", from);
    path = Query.add(path, "before", until);
    path = Query.add(path, "type", type);
    path = Query.add(path, "text", text);
    path = Query.add(path, "limit", Integer.toString(Math.clamp(limit, 1, PAGE)));
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list(path, limit), EVENTS, "No event matches.");
    }
    return 0;
  }

  @Command(
      name = "verify",
      description = {
        "Verify the whole log: every event, every checkpoint, and what witnesses keep.",
        "Exit code 1 if anything was removed, altered, reordered, forked or cut."
      })
  int verify(
      @Option(
              names = "--sink",
              paramLabel = "FILE",
              description = "The checkpoints that the CA appended to a file.")
          @Nullable Path sink,
      @Option(
              names = "--checkpoint",
              paramLabel = "FILE",
              description = "The checkpoint that an agent keeps; may be given again.")
          @Nullable List<Path> checkpoints) {
    WitnessFiles witnesses = new WitnessFiles(session.login().trust());
    if (sink != null) {
      witnesses.sink(sink);
    }
    if (checkpoints != null) {
      checkpoints.forEach(witnesses::checkpoint);
    }
    JsonObject body = new JsonObject();
    body.add("checkpoints", witnesses.documents());
    JsonObject report;
    try (CaClient ca = session.ca()) {
      report = ca.post("/v1/audit/verify", body);
    }
    JsonArray findings = report.getAsJsonArray("findings");
    findings.addAll(witnesses.findings());
    report.addProperty("whole", findings.isEmpty());
    report.addProperty("witnesses", witnesses.count());
    session.printer().one(report, lines(report, witnesses.count()));
    return findings.isEmpty() ? 0 : 1;
  }

  private static List<String> lines(JsonObject report, int witnesses) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s events in %s chains, %s checkpoints, the latest %s; %d witnesses."
            .formatted(
                JsonText.of(report.get("events")),
                JsonText.of(report.get("chains")),
                JsonText.of(report.get("checkpoints")),
                JsonText.of(report.get("latestCheckpoint")),
                witnesses));
    List<JsonObject> findings = new ArrayList<>();
    for (JsonElement finding : report.getAsJsonArray("findings")) {
      findings.add(finding.getAsJsonObject());
    }
    if (findings.isEmpty()) {
      lines.add("The log is whole.");
      if (witnesses == 0) {
        lines.add(
            "Without a witness, nobody can tell whether its end was cut together with the"
                + " checkpoints: --sink or --checkpoint.");
      }
    } else {
      lines.add("THE LOG WAS CHANGED:");
      lines.addAll(FINDINGS.lines(findings));
    }
    return lines;
  }
}
