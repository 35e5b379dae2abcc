package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Identity rules: who gets which identity. */
@Command(name = "rule", description = "Identity rules: whoever shows these facts gets this name.")
public final class RuleCommand {
  private static final Table TABLE =
      new Table(
          Column.of("RULE", "name"),
          new Column("IDENTITY", RuleCommand::identity),
          Column.of("TTL", "ttl"),
          Column.of("WHEN", "when"));

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
          @Nullable String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("reason", Objects.requireNonNullElse(reason, "altsctl rule apply"));
    body.add("rules", new YamlFile(file).list("rules"));
    int count = body.getAsJsonArray("rules").size();
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.put("/v1/rules", body);
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
              names = "--fact",
              required = true,
              paramLabel = "NAME=VALUE",
              description = "A fact; NAME:=JSON for lists and exact types.")
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
