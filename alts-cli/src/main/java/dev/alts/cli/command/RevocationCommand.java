package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** The revocation list in force. */
@Command(name = "revocation", description = "The revocation list in force.")
public final class RevocationCommand {
  private static final Table TABLE =
      new Table(
          Column.of("KIND", "kind"),
          Column.of("WHAT", "what"),
          Column.of("ISSUED BEFORE", "before"),
          Column.of("DROPPED AFTER", "dropAfter"));

  private final Session session;

  public RevocationCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List what is revoked.")
  int list() {
    try (CaClient ca = session.ca()) {
      List<JsonObject> entries = new ArrayList<>();
      for (JsonElement entry : ca.get("/v1/revocations").getAsJsonArray("items")) {
        entries.add(entry.getAsJsonObject());
      }
      session.printer().list(entries, TABLE, "Nothing is revoked.");
    }
    return 0;
  }
}
