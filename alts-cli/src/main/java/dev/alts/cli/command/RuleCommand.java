package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
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

/** Identity rules: who gets which identity. */
@Command(name = "rule", description = "Identity rules: whoever shows these facts gets this name.")
public final class RuleCommand {
  private static final Table TABLE =
      new Table(
          Column.of("RULE", "name"),
          new Column("IDENTITY", RuleCommand::identity),
          Column.of("TTL", "ttl"),
          Column.of("WHEN", "when"));

  private static final Table HISTORY =
      new Table(
          Column.of("VERSION", "version"),
          Column.of("RULES", "rules"),
          Column.of("AUTHOR", "author"),
          Column.of("CREATED", "createdAt"),
          Column.of("REASON", "reason"));

  private final Session session;

  public RuleCommand(Session session) {
    this.session = session;
  }

  @Command(name = "apply", description = "Replace all rules by those of a file.")
  int apply(
      @Option(
              names = {"-f", "--file"},
              required = true,
              paramLabel = "FILE",
              description = "YAML or JSON: a list of rules.")
          Path file,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit log.")
          @Nullable String reason,
      @Option(
              names = "--dry-run",
              description = "Change nothing; show what would be withdrawn, changed and added.")
          boolean dryRun,
      @Option(
              names = "--allow-withdrawals",
              paramLabel = "N",
              description = "Put it in force if no more than N identities on machines fall.")
          @Nullable Long allowWithdrawals,
      @Option(
              names = "--over",
              paramLabel = "VERSION",
              description = "Only if this version is in force; else: what is in force now.")
          @Nullable Long over,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "With --dry-run: at most this many names of each kind.")
          int limit) {
    if (dryRun) {
      return preview(file, limit);
    }
    JsonObject body = new JsonObject();
    body.addProperty("reason", Objects.requireNonNullElse(reason, "altsctl rule apply"));
    body.add("rules", new YamlFile(file).list("rules"));
    body.addProperty("allowWithdrawals", allowWithdrawals);
    int count = body.getAsJsonArray("rules").size();
    try (CaClient ca = session.ca()) {
      long version = over == null ? ca.get("/v1/rules").get("version").getAsLong() : over;
      JsonObject answer = ca.replace("/v1/rules", version, body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "%d rules are in force as version %s."
                      .formatted(count, answer.get("version").getAsString())));
    }
    return 0;
  }

  private int preview(Path file, int limit) {
    JsonObject body = new JsonObject();
    body.add("rules", new YamlFile(file).list("rules"));
    body.addProperty("limit", limit);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/rules/preview", body);
      session.printer().one(answer, RulePreviewText.lines(answer));
    }
    return 0;
  }

  @Command(name = "history", description = "List the versions of the rules, newest first.")
  int history(
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "At most this many.")
          int limit) {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(
              ca.list("/v1/rules/versions", limit),
              HISTORY,
              "There was never a rule: altsctl rule apply -f");
    }
    return 0;
  }

  @Command(name = "show", description = "Show the rules of one version.")
  int show(
      @Parameters(paramLabel = "VERSION", description = "Its number, from rule history.")
          long version) {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.get("/v1/rules/versions/" + version);
      List<String> lines = new ArrayList<>();
      lines.add(
          "version %s by %s at %s: %s"
              .formatted(
                  JsonText.of(answer.get("version")),
                  JsonText.of(answer.get("author")),
                  JsonText.of(answer.get("createdAt")),
                  JsonText.of(answer.get("reason"))));
      lines.addAll(TABLE.lines(objects(answer.get("items"))));
      session.printer().one(answer, lines);
    }
    return 0;
  }

  @Command(
      name = "rollback",
      description = "Put the rules of an earlier version in force again, as a new version.")
  int rollback(
      @Parameters(paramLabel = "VERSION", description = "Its number, from rule history.")
          long version,
      @Option(
              names = "--reason",
              required = true,
              paramLabel = "TEXT",
              description = "Why, for the audit log.")
          String reason,
      @Option(
              names = "--allow-withdrawals",
              paramLabel = "N",
              description = "Do it if no more than N identities on machines fall.")
          @Nullable Long allowWithdrawals) {
    JsonObject body = new JsonObject();
    body.addProperty("allowWithdrawals", allowWithdrawals);
    body.addProperty("version", version);
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/rules/rollback", body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "The rules of version %d are in force as version %s."
                      .formatted(version, answer.get("version").getAsString())));
    }
    return 0;
  }

  @Command(name = "list", description = "List the rules in force.")
  int list() {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.get("/v1/rules");
      List<JsonObject> rules = objects(answer.get(answer.has("rules") ? "rules" : "items"));
      session
          .printer()
          .list(rules, TABLE, "There are no rules, so nothing gets an identity: rule apply -f");
    }
    return 0;
  }

  @Command(
      name = "test",
      description = "Show which identities some facts would give, and why or why not.")
  int test(
      @Option(
              names = {"--fact", "--facts"},
              arity = "1..*",
              required = true,
              paramLabel = "NAME=VALUE|FILE",
              description = "Facts; NAME:=JSON for lists and exact types, or a file of them.")
          List<String> facts,
      @Option(
              names = {"-f", "--file"},
              paramLabel = "FILE",
              description = "Test these rules instead of those in force.")
          @Nullable Path file) {
    JsonObject body = new JsonObject();
    body.add("facts", FactArgument.parse(facts));
    if (file != null) {
      body.add("rules", new YamlFile(file).list("rules"));
    }
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/rules/test", body);
      session.printer().one(answer, explained(answer));
    }
    return 0;
  }

  private static List<String> explained(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    for (JsonObject granted : objects(answer.get("granted"))) {
      lines.add(
          "granted  %s  by rule %s"
              .formatted(granted.get("spiffeId").getAsString(), granted.get("rule").getAsString()));
    }
    if (lines.isEmpty()) {
      lines.add("granted  nothing");
    }
    if (answer.has("explanation")) {
      for (JsonElement line : answer.getAsJsonArray("explanation")) {
        lines.add("  " + (line.isJsonPrimitive() ? line.getAsString() : line.toString()));
      }
    }
    return lines;
  }

  private static String identity(JsonObject rule) {
    if (rule.has("identity") && !rule.get("identity").isJsonNull()) {
      return rule.get("identity").getAsString();
    }
    return rule.has("use-machine-identity") ? "(the machine's)" : "-";
  }

  private static List<JsonObject> objects(@Nullable JsonElement list) {
    List<JsonObject> objects = new ArrayList<>();
    if (list != null && list.isJsonArray()) {
      list.getAsJsonArray().forEach(element -> objects.add(element.getAsJsonObject()));
    }
    return objects;
  }
}
