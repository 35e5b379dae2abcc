package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The keys that sign revocation lists, naming policies and audit checkpoints. */
@Command(
    name = "document-keys",
    description = {
      "Keys for revocation lists, naming policies and audit checkpoints, all three together.",
      "A step that would leave somebody behind is refused, with names, unless forced."
    },
    footer = {
      "",
      "In this order: prepare (published, signs nothing), activate (signs; what the former keys",
      "signed is still good), retire (nobody trusts the former keys; they are erased)."
    })
public final class DocumentKeysCommand {
  private static final Table TABLE =
      new Table(
          Column.of("SIGNS", "signs"),
          Column.of("STATE", "state"),
          Column.of("SHA-256", "sha256"),
          Column.of("CREATED", "createdAt"),
          Column.of("ACTIVATED", "activatedAt"));
  private static final String REASON = "Why, for the audit log.";
  private static final String FORCE = "Do it even if somebody is left behind.";

  private final Session session;

  public DocumentKeysCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List the document keys in the trust document.")
  int list() {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list("/v1/document-keys", 1000), TABLE, "There is none.");
    }
    return 0;
  }

  @Command(
      name = "prepare",
      description = "Make the next keys and publish them; they sign nothing.")
  int prepare(
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    return take("prepare", reason, false);
  }

  @Command(
      name = "activate",
      description = {
        "Let the prepared keys sign. What was signed before stays good.",
        "Refused while an agent does not hold the trust document that names them."
      })
  int activate(
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason,
      @Option(names = "--force", description = FORCE) boolean force) {
    return take("activate", reason, force);
  }

  @Command(
      name = "retire",
      description = {
        "Take the former keys out of the trust document and erase them.",
        "Refused while an agent has not been there since the others sign, and for a while after."
      })
  int retire(
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason,
      @Option(names = "--force", description = FORCE) boolean force) {
    return take("retire", reason, force);
  }

  private int take(String step, String reason, boolean force) {
    JsonObject body = new JsonObject();
    body.addProperty("force", force);
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/document-keys/" + step, body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Trust document %s is on its way to every agent."
                      .formatted(JsonText.of(answer.get("sequence")))));
    }
    return 0;
  }
}
