package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The naming policy: which server is the right one behind a target. */
@Command(
    name = "naming",
    description = "Which server is the right one behind a target.",
    footer = {
      "",
      "A policy file, as YAML:",
      "  mode: strict              # or trust-domain: targets without entry take any server of ours",
      "  entries:",
      "    - target: pay.example   # all ports; pay.example:443 only that; *.example one label more",
      "      identities: [spiffe://demo.alts/prod/payments]   # /prod/* for all below"
    })
public final class NamingCommand {
  private static final Table TABLE =
      new Table(
          Column.of("TARGET", "target"),
          Column.of("IDENTITIES", "identities"),
          Column.of("ORIGIN", "origin"));

  private final Session session;

  public NamingCommand(Session session) {
    this.session = session;
  }

  @Command(name = "apply", description = "Replace the naming policy by that of a file.")
  int apply(
      @Option(
              names = {"-f", "--file"},
              required = true,
              paramLabel = "FILE",
              description = "YAML or JSON: mode and entries.")
          Path file,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit log.")
          @Nullable String reason) {
    JsonObject body = new YamlFile(file).object();
    body.addProperty("reason", Objects.requireNonNullElse(reason, "altsctl naming apply"));
    try (CaClient ca = session.ca()) {
      JsonObject answer =
          ca.replace("/v1/naming", ca.get("/v1/naming").get("version").getAsLong(), body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "The naming policy is in force as version %s."
                      .formatted(answer.get("version").getAsString())));
    }
    return 0;
  }

  @Command(name = "list", description = "Show the naming policy in force.")
  int list() {
    try (CaClient ca = session.ca()) {
      JsonObject policy = ca.get("/v1/naming");
      List<String> lines = new ArrayList<>();
      lines.add(
          "Version %s, mode %s: a target without entry %s."
              .formatted(text(policy, "version"), text(policy, "mode"), withoutEntry(policy)));
      List<JsonObject> entries = entries(policy);
      if (!entries.isEmpty()) {
        lines.addAll(TABLE.lines(entries));
      }
      session.printer().one(policy, lines);
    }
    return 0;
  }

  @Command(name = "explain", description = "Show which servers a client accepts for a target.")
  int explain(
      @Parameters(paramLabel = "TARGET", description = "HOST or HOST:PORT.") String target,
      @Option(
              names = "--server",
              paramLabel = "SPIFFE-ID",
              description = "Would this server be accepted?")
          @Nullable String server,
      @Option(names = "--at", paramLabel = "TIME", description = ExplainCommand.AT)
          @Nullable String at) {
    return explain(session, target, server, at);
  }

  static int explain(Session session, String target, @Nullable String server, @Nullable String at) {
    try (CaClient ca = session.ca()) {
      String path = Query.add("/v1/naming/explain", "target", target);
      JsonObject answer = ca.get(Query.add(Query.add(path, "spiffeId", server), "at", at));
      session.printer().one(answer, explained(answer));
    }
    return 0;
  }

  private static List<String> explained(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    List<JsonObject> entries = entries(answer);
    if (entries.isEmpty()) {
      lines.add(
          "%s has no entry; mode %s: it %s."
              .formatted(text(answer, "target"), text(answer, "mode"), withoutEntry(answer)));
    } else {
      lines.add("%s is answered by one of these only:".formatted(text(answer, "target")));
      TABLE.lines(entries).forEach(line -> lines.add("  " + line));
    }
    if (answer.has("accepted")) {
      boolean accepted = answer.get("accepted").getAsBoolean();
      lines.add("%s: %s".formatted(accepted ? "accepted" : "refused", text(answer, "reason")));
    }
    if (answer.has("version")) {
      lines.add(
          "by naming policy %s of %s".formatted(text(answer, "version"), text(answer, "since")));
    }
    return lines;
  }

  private static String withoutEntry(JsonObject policy) {
    return text(policy, "mode").equals("strict")
        ? "is refused"
        : "takes any workload or machine of the trust domain";
  }

  private static List<JsonObject> entries(JsonObject answer) {
    List<JsonObject> entries = new ArrayList<>();
    for (JsonElement entry : answer.getAsJsonArray("entries")) {
      entries.add(entry.getAsJsonObject());
    }
    return entries;
  }

  private static String text(JsonObject object, String name) {
    return JsonText.of(object.get(name));
  }
}
