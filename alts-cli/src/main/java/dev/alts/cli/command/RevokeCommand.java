package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Ends what exists: certificates, sessions that descend from them, open channels. */
@Command(
    name = "revoke",
    description = {
      "Revoke a certificate, an identity, a machine or an authority.",
      "What exists ends within seconds, open channels too; who still qualifies gets a new one."
    })
public final class RevokeCommand implements Runnable {
  private final Session session;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Subject subject = new Subject();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the audit log.")
  private String reason = "";

  @Option(
      names = "--ban",
      description = "For an identity or a machine: nothing new is issued either.")
  private boolean ban;

  public RevokeCommand(Session session) {
    this.session = session;
  }

  /** What is revoked. */
  static final class Subject {
    @Option(names = "--certificate", paramLabel = "REVOCATION-ID", description = "One certificate.")
    private @Nullable String certificate;

    @Option(
        names = "--identity",
        paramLabel = "SPIFFE-ID",
        description = "Every certificate of an identity.")
    private @Nullable String identity;

    @Option(
        names = "--machine",
        paramLabel = "NAME",
        description = "Everything issued on a machine.")
    private @Nullable String machine;

    @Option(
        names = "--authority",
        paramLabel = "SHA-256",
        description = "An issuing authority, by the SHA-256 of its public key.")
    private @Nullable String authority;

    @Option(
        names = "--resumption",
        paramLabel = "SPIFFE-ID",
        description = "Only sessions that would be resumed with this server.")
    private @Nullable String resumption;

    private void describe(JsonObject body) {
      add(body, "revocationId", certificate);
      add(body, "spiffeId", identity);
      add(body, "machine", machine);
      add(body, "authority", authority);
      add(body, "spiffeId", resumption);
      add(body, "kind", resumption == null ? null : "resumption");
    }

    private static void add(JsonObject body, String name, @Nullable String value) {
      if (value != null) {
        body.addProperty(name, value);
      }
    }
  }

  @Override
  public void run() {
    JsonObject body = new JsonObject();
    subject.describe(body);
    body.addProperty("reason", reason);
    body.addProperty("ban", ban);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/revocations", body);
      session
          .printer()
          .one(
              answer,
              List.of(
                  "Revoked what was issued before %s; list %s is on its way to every agent."
                      .formatted(
                          answer.get("since").getAsString(), answer.get("counter").getAsString())));
    }
  }
}
