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
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Policies of the whole trust domain: what may protect a call, and how revocation is obeyed. */
@Command(
    name = "policy",
    description = "Policies of the whole trust domain.",
    footer = {
      "",
      "What is set is pushed to every agent and process at once; what is not named stays as it is.",
      "Which server is the right one behind a target: altsctl naming."
    })
public final class PolicyCommand {
  private PolicyCommand() {}

  /** {@return the command with its two kinds of policy} */
  public static CommandLine commandLine(Session session) {
    return new CommandLine(new PolicyCommand())
        .addSubcommand(new RecordPolicy(session))
        .addSubcommand(new RevocationPolicy(session))
        .addSubcommand(new Pacing(session));
  }

  /** Which record protocols parties may agree on. */
  @Command(name = "record", description = "Which record protocols parties may agree on.")
  static final class RecordPolicy extends Kind {
    RecordPolicy(Session session) {
      super(session, "record");
    }

    @Command(name = "set", description = "Put another policy in force.")
    int set(
        @Option(
                names = "--protocols",
                split = ",",
                paramLabel = "NAME",
                description = "Most wanted first, separated by commas.")
            @Nullable List<String> protocols,
        @Option(
                names = "--require-privacy",
                negatable = true,
                description = "Encrypt always, within a boundary too.")
            @Nullable Boolean requirePrivacy,
        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
            String reason) {
      return put(
          policy -> {
            if (protocols != null) {
              JsonArray names = new JsonArray();
              protocols.forEach(names::add);
              policy.add("recordProtocols", names);
            }
            if (requirePrivacy != null) {
              policy.addProperty("requirePrivacy", requirePrivacy);
            }
          },
          reason);
    }
  }

  /** How parties obey revocation. */
  @Command(name = "revocation", description = "How stale lists and old channels are treated.")
  static final class RevocationPolicy extends Kind {
    RevocationPolicy(Session session) {
      super(session, "revocation");
    }

    @Command(name = "set", description = "Put another policy in force.")
    int set(
        @Option(
                names = "--when-stale",
                paramLabel = "keep-serving|refuse-new",
                description = "Whether new connections are made while the list is not fresh.")
            @Nullable String whenStale,
        @Option(
                names = "--max-channel-life",
                paramLabel = "DURATION",
                description = "When a channel ends at the latest: 1m to 24h.")
            @Nullable String maxChannelLife,
        @Option(
                names = "--end-channels-with-peer-certificate",
                negatable = true,
                description = "A channel ends no later than its peer's certificate.")
            @Nullable Boolean endWithCertificate,
        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
            String reason) {
      return put(
          policy -> {
            if (whenStale != null) {
              policy.addProperty("whenStale", whenStale);
            }
            if (maxChannelLife != null) {
              policy.addProperty("maxChannelLife", maxChannelLife);
            }
            if (endWithCertificate != null) {
              policy.addProperty("endChannelsWithPeerCertificate", endWithCertificate);
            }
          },
          reason);
    }
  }

  /** How renewals that the CA asks for are spread. */
  @Command(name = "pacing", description = "How far renewals that the CA asks for are spread.")
  static final class Pacing extends Kind {
    Pacing(Session session) {
      super(session, "pacing");
    }

    @Command(name = "set", description = "Spread renewals over another time.")
    int set(
        @Option(
                names = "--spread-seconds",
                required = true,
                paramLabel = "N",
                description = "Each agent waits a part of this, drawn once: 0 to 3600.")
            int spread,
        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
            String reason) {
      return put(policy -> policy.addProperty("spreadSeconds", spread), reason);
    }
  }

  /** One kind of policy at the CA. */
  abstract static class Kind {
    private static final Table HISTORY =
        new Table(
            Column.of("VERSION", "version"),
            Column.of("SET BY", "author"),
            Column.of("AT", "createdAt"),
            Column.of("REASON", "reason"),
            Column.of("POLICY", "policy"));

    private final Session session;
    private final String path;

    Kind(Session session, String kind) {
      this.session = session;
      this.path = "/v1/policies/" + kind;
    }

    interface Change {
      void apply(JsonObject policy);
    }

    @Command(name = "show", description = "Show what is in force.")
    int show() {
      try (CaClient ca = session.ca()) {
        print(ca.get(path));
      }
      return 0;
    }

    @Command(name = "history", description = "Show who set which version, and why.")
    int history() {
      try (CaClient ca = session.ca()) {
        session
            .printer()
            .list(ca.list(path + "/versions", Integer.MAX_VALUE), HISTORY, "There is none.");
      }
      return 0;
    }

    final int put(Change change, String reason) {
      try (CaClient ca = session.ca()) {
        JsonObject inForce = ca.get(path);
        JsonObject policy = inForce.getAsJsonObject("policy");
        change.apply(policy);
        policy.addProperty("reason", reason);
        print(ca.replace(path, inForce.get("version").getAsLong(), policy));
      }
      return 0;
    }

    private void print(JsonObject answer) {
      List<String> lines = new ArrayList<>();
      lines.add(
          "Version %s, set by %s at %s: %s"
              .formatted(
                  text(answer, "version"),
                  text(answer, "author"),
                  text(answer, "createdAt"),
                  text(answer, "reason")));
      for (Map.Entry<String, JsonElement> each : answer.getAsJsonObject("policy").entrySet()) {
        lines.add("  %s: %s".formatted(each.getKey(), JsonText.of(each.getValue())));
      }
      session.printer().one(answer, lines);
    }

    private static String text(JsonObject object, String name) {
      return JsonText.of(object.get(name));
    }
  }
}
