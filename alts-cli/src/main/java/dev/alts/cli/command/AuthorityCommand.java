package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The keys that issue certificates, and how they are replaced. */
@Command(
    name = "authority",
    description = {
      "Issuing authorities: prepare, activate, taint, revoke.",
      "A step that would leave somebody behind is refused, with names, unless forced."
    },
    footer = {
      "",
      "In this order: prepare (published, signs nothing), activate (signs; the old one is still",
      "trusted), taint (everything of the old one is issued anew), revoke (nobody trusts it)."
    })
public final class AuthorityCommand {
  private static final Table TABLE =
      new Table(
          Column.of("KIND", "kind"),
          Column.of("STATE", "state"),
          Column.of("SLOT", "slot"),
          Column.of("SHA-256", "sha256"),
          Column.of("PREPARED", "preparedAt"),
          Column.of("ACTIVATED", "activatedAt"),
          Column.of("ENDS", "notAfter"));
  private static final Table OBSTACLES =
      new Table(Column.of("WHO", "holder"), Column.of("WHY", "reason"));

  private final Session session;

  public AuthorityCommand(Session session) {
    this.session = session;
  }

  /** The kinds of entity that an authority issues for. */
  enum Kind {
    /** Machines, and the CA's own ports. */
    MACHINE,
    WORKLOAD,
    HUMAN;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which authorities; one of the two must be said, since a step concerns the whole fleet. */
  static final class Which {
    @ArgGroup(exclusive = true, multiplicity = "1")
    private Choice choice = new Choice();

    /** Kinds or all of them. */
    static final class Choice {
      @Option(
          names = "--kind",
          split = ",",
          paramLabel = "KIND",
          description = "For entities of these kinds, with commas: ${COMPLETION-CANDIDATES}.")
      private List<Kind> kinds = new ArrayList<>();

      @Option(names = "--all", description = "For all kinds: the whole fleet.")
      private boolean all;
    }

    private void describe(JsonObject body) {
      if (!choice.all) {
        JsonArray kinds = new JsonArray();
        choice.kinds.forEach(kind -> kinds.add(kind.text()));
        body.add("kinds", kinds);
      }
    }

    private String query() {
      StringBuilder query = new StringBuilder();
      choice.kinds.forEach(kind -> query.append("&kind=").append(kind.text()));
      return query.toString();
    }
  }

  @Command(name = "list", description = "List the authorities in the trust document.")
  int list() {
    try (CaClient ca = session.ca()) {
      session.printer().list(ca.list("/v1/authorities", 1000), TABLE, "There is none.");
    }
    return 0;
  }

  /** A step of an authority's life that can be checked ahead. */
  enum Step {
    ACTIVATE,
    REVOKE
  }

  @Command(
      name = "check",
      description = "List whom activate or revoke would leave behind now; exit code 1 if anybody.")
  int check(
      @Parameters(paramLabel = "STEP", description = "${COMPLETION-CANDIDATES}") Step step,
      @Mixin Which which) {
    try (CaClient ca = session.ca()) {
      List<JsonObject> obstacles = new ArrayList<>();
      String path =
          "/v1/authorities/obstacles?step=" + step.name().toLowerCase(Locale.ROOT) + which.query();
      for (JsonElement each : ca.get(path).getAsJsonArray("items")) {
        obstacles.add(each.getAsJsonObject());
      }
      session.printer().list(obstacles, OBSTACLES, "Nobody would be left behind.");
      return obstacles.isEmpty() ? 0 : 1;
    }
  }

  @Command(
      name = "prepare",
      description = "Make the next authority and publish it; it signs nothing yet.")
  int prepare(
      @Mixin Which which,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    return take("prepare", which, reason, false);
  }

  @Command(
      name = "activate",
      description = {
        "Let the prepared authority sign. The one before is trusted on.",
        "Refused while an agent does not hold the trust document that names it."
      })
  int activate(
      @Mixin Which which,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason,
      @Option(names = "--force", description = FORCE) boolean force) {
    return take("activate", which, reason, force);
  }

  @Command(
      name = "taint",
      description = {
        "Have everything that the old authority issued issued anew, and channels that rest on it",
        "replaced. It stays trusted until it is revoked."
      })
  int taint(
      @Mixin Which which,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason) {
    return take("taint", which, reason, false);
  }

  @Command(
      name = "revoke",
      description = {
        "Take the tainted authority out of the trust document. What rests on it ends at once.",
        "Refused while anybody serves a certificate of it."
      })
  int revoke(
      @Mixin Which which,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = REASON)
          String reason,
      @Option(names = "--force", description = FORCE) boolean force) {
    return take("revoke", which, reason, force);
  }

  private static final String REASON = "Why, for the audit log.";
  private static final String FORCE = "Do it even if somebody is left behind.";

  private int take(String step, Which which, String reason, boolean force) {
    JsonObject body = new JsonObject();
    which.describe(body);
    body.addProperty("force", force);
    body.addProperty("reason", reason);
    try (CaClient ca = session.ca()) {
      JsonObject answer = ca.post("/v1/authorities/" + step, body);
      session.printer().one(answer, told(answer));
    }
    return 0;
  }

  private static List<String> told(JsonObject answer) {
    List<String> lines = new ArrayList<>();
    for (JsonElement each : answer.getAsJsonArray("authorities")) {
      JsonObject authority = each.getAsJsonObject();
      lines.add(
          "%s authority %s is %s."
              .formatted(
                  JsonText.of(authority.get("kind")),
                  JsonText.of(authority.get("sha256")),
                  JsonText.of(authority.get("state"))));
    }
    lines.add(
        "Trust document %s is on its way to every agent."
            .formatted(JsonText.of(answer.get("sequence"))));
    return lines;
  }
}
