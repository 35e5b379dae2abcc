package dev.alts.cli.command;

import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.JsonText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Ends what exists: certificates, sessions that descend from them, open channels. */
@Command(
    name = "revoke",
    description = {
      "Revoke a certificate, an identity, a machine or an authority.",
      "What exists ends within seconds, open channels too; who still qualifies gets a new one."
    },
    footer = {
      "",
      "REVOCATION-ID is in: altsctl cert list. A session resumed since keeps the certificate of its",
      "first handshake; to end everything that a process has open, revoke its identity."
    })
public final class RevokeCommand implements Runnable {
  private final Session session;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Subject subject = new Subject();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why, for the audit log; needed unless --dry-run.")
  private @Nullable String reason;

  @Option(
      names = "--reason-code",
      paramLabel = "CODE",
      defaultValue = "unspecified",
      description = {
        "Why, for lists of RFC 5280: unspecified, keyCompromise, cACompromise,",
        "affiliationChanged, superseded, cessationOfOperation or privilegeWithdrawn."
      })
  private String reasonCode = "";

  @Option(names = "--dry-run", description = "Only say what would be hit.")
  private boolean dryRun;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "With --dry-run: at most this many names of a kind.")
  private int limit;

  @Option(
      names = "--ban",
      description = "For an identity or a machine: nothing new is issued either.")
  private boolean ban;

  public RevokeCommand(Session session) {
    this.session = session;
  }

  @Spec private CommandSpec spec = CommandSpec.create();

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

    private boolean mayBeBanned() {
      return identity != null || machine != null;
    }

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
    if (ban && !subject.mayBeBanned()) {
      throw new ParameterException(
          spec.commandLine(), "--ban goes with --identity or --machine only");
    }
    if (!dryRun && reason == null) {
      throw new ParameterException(spec.commandLine(), "--reason TEXT is missing");
    }
    JsonObject body = new JsonObject();
    subject.describe(body);
    body.addProperty("reasonCode", reasonCode);
    body.addProperty("ban", ban);
    try (CaClient ca = session.ca()) {
      if (dryRun) {
        JsonObject answer = ca.post("/v1/revocations/preview?limit=" + limit, body);
        session.printer().one(answer, RevocationPreviewText.lines(answer));
        return;
      }
      body.addProperty("reason", reason);
      JsonObject answer = ca.post("/v1/revocations", body);
      session.printer().one(answer, told(answer));
    }
  }

  private static List<String> told(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "Revoked what was issued before %s; list %s is on its way to every agent."
            .formatted(JsonText.of(answer.get("since")), JsonText.of(answer.get("counter"))));
    String certificates = JsonText.of(answer.get("certificates"));
    lines.add(
        certificates.equals("0")
            ? "No certificate in use is concerned; if you expected one, check the name."
            : "Certificates in use concerned: %s; identities with new resumption keys: %s."
                .formatted(certificates, JsonText.of(answer.get("resumptions"))));
    return lines;
  }
}
