package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The keys that sign JWT-SVIDs. */
@Command(
    name = "jwt-keys",
    description = "Keys that sign JWT-SVIDs. The CA replaces them by itself; this is for sooner.",
    footer = {
      "",
      "In this order: prepare (published, signs nothing), activate (signs; tokens of the former",
      "key are good until they end), revoke (tokens of the former key are good no more)."
    })
public final class JwtKeysCommand {
  private static final Table TABLE =
      new Table(
          Column.of("KEY ID", "keyId"),
          Column.of("SLOT", "slot"),
          Column.of("STATE", "state"),
          Column.of("ENDS", "notAfter"));
  private static final String REASON = "Why, for the audit log.";

  private final Session session;

  public JwtKeysCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List the published keys; that of slot current signs.")
  int list() {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list("/v1/jwt-keys", 1000), TABLE, "There is none.");
    }
    return 0;
  }

  @Command(name = "prepare", description = "Make the next key and publish it; it signs nothing.")
  int prepare(
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    return take("prepare", new JsonObject(), reason);
  }

  @Command(
      name = "activate",
      description = {
        "Let the prepared key sign. Whoever verifies tokens needs it by then: agents have it within",
        "seconds, others when they fetch the key set again."
      })
  int activate(
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    return take("activate", new JsonObject(), reason);
  }

  @Command(
      name = "revoke",
      description = "Take a former key out of the key set: its tokens are good no more.")
  int revoke(
      @Option(
              names = "--key-id",
              required = true,
              paramLabel = "KEY-ID",
              description = "As list shows it; the kid of its tokens.")
          String keyId,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    JsonObject body = new JsonObject();
    body.addProperty("keyId", keyId);
    return take("revoke", body, reason);
  }

  private int take(String step, JsonObject body, String reason) {
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/jwt-keys/" + step, body);
      List<JsonObject> keys = new ArrayList<>();
      for (JsonElement key : answer.getAsJsonArray("items")) {
        keys.add(key.getAsJsonObject());
      }
      session.printer().one(answer, TABLE.lines(keys));
    }
    return 0;
  }
}
