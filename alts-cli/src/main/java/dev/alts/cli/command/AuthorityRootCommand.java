package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The key that signs the trust document. */
@Command(
    name = "root",
    description = {
      "The root, which signs the trust document and nothing else.",
      "Whoever holds a document of the old root follows it to the new one."
    })
public final class AuthorityRootCommand {
  private static final Table TABLE =
      new Table(
          Column.of("STATE", "state"),
          Column.of("FINGERPRINT", "fingerprint"),
          Column.of("PREPARED", "preparedAt"),
          Column.of("ACTIVATED", "activatedAt"));

  private final Session session;

  public AuthorityRootCommand(Session session) {
    this.session = session;
  }

  @Command(name = "list", description = "List the roots that there were.")
  int list() {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list("/v1/roots", 1000), TABLE, "There is none.");
    }
    return 0;
  }

  @Command(
      name = "prepare",
      description = "Make the successor and have the present root name it; it signs nothing yet.")
  int prepare(
      @Option(
              names = "--reason",
              required = true,
              paramLabel = "TEXT",
              description = "Why, for the audit log.")
          String reason,
      @Option(
              names = "--public-key",
              paramLabel = "BASE64",
              description = "Of a root that is kept offline; see altsctl offline-root.")
          @Nullable String publicKey) {
    JsonObject body = new JsonObject();
    if (publicKey != null) {
      body.addProperty("spki", publicKey);
    }
    return take("prepare", reason, false, body);
  }

  @Command(
      name = "activate",
      description = {
        "Let the successor sign. The old root's private key is erased.",
        "Refused while an agent does not hold the trust document that names the successor."
      })
  int activate(
      @Option(
              names = "--reason",
              required = true,
              paramLabel = "TEXT",
              description = "Why, for the audit log.")
          String reason,
      @Option(names = "--force", description = "Do it even if somebody is left behind.")
          boolean force) {
    return take("activate", reason, force, new JsonObject());
  }

  private int take(String step, String reason, boolean force, JsonObject body) {
    body.addProperty("force", force);
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/roots/" + step, body);
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
