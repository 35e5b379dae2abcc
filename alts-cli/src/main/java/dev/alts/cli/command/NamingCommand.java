package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The naming policy: which server is the right one behind a target. */
@Command(name = "naming", description = "Which server is the right one behind a target.")
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
      JsonObject answer = ca.put("/v1/naming", body);
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

  @Command(name = "list", description = "List the naming policy in force.")
  int list() {
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.get("/v1/naming");
      List<JsonObject> entries = new ArrayList<>();
      JsonElement list = answer.get(answer.has("entries") ? "entries" : "items");
      if (list != null && list.isJsonArray()) {
        list.getAsJsonArray().forEach(entry -> entries.add(entry.getAsJsonObject()));
      }
      session.printer().list(entries, TABLE, "The naming policy has no entries.");
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
          @Nullable String server) {
    try (CaClient ca = session.ca()) {
      String path = Query.add("/v1/naming/explain", "target", target);
      JsonObject answer = ca.get(Query.add(path, "spiffeId", server));
      List<String> lines = new ArrayList<>();
      for (Map.Entry<String, JsonElement> member : answer.entrySet()) {
        lines.add(
            "%-12s %s"
                .formatted(
                    member.getKey(),
                    member.getValue().isJsonPrimitive()
                        ? member.getValue().getAsString()
                        : member.getValue().toString()));
      }
      session.printer().one(answer, lines);
    }
    return 0;
  }
}
