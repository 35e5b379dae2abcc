package dev.alts.cli.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.Query;
import dev.alts.cli.output.JsonText;
import dev.alts.cli.output.Table;
import dev.alts.cli.output.Table.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What humans may do. */
@Command(
    name = "role",
    description = {
      "What humans may do: viewer, operator, security-admin, auditor.",
      "A role can be limited to paths of SPIFFE IDs and to machines with labels."
    })
public final class HumanRoleCommand {
  private static final Table TABLE =
      new Table(
          Column.of("HUMAN", "human"),
          Column.of("ROLE", "role"),
          Column.of("PATHS BELOW", "pathPrefix"),
          Column.of("MACHINES WITH", "machineLabels"),
          Column.of("GIVEN BY", "grantedBy"),
          Column.of("GIVEN", "grantedAt"),
          Column.of("REASON", "reason"));

  private final Session session;

  public HumanRoleCommand(Session session) {
    this.session = session;
  }

  /** A role, its limits, and why. */
  static final class Role {
    @Parameters(index = "0", paramLabel = "NAME", description = "The human.")
    private String name = "";

    @Parameters(
        index = "1",
        paramLabel = "ROLE",
        description = "viewer, operator, security-admin or auditor.")
    private String role = "";

    @Option(
        names = "--path-prefix",
        paramLabel = "PATH",
        description = "Only SPIFFE IDs below this path, such as /prod/web; else all.")
    private @Nullable String pathPrefix;

    @Option(
        names = "--machine-label",
        paramLabel = "KEY=VALUE",
        description = "Only what is on machines with this label; repeatable, all must hold.")
    private Map<String, String> machineLabels = new TreeMap<>();

    @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
    private String reason = "";

    private JsonObject body() {
      JsonObject body = new JsonObject();
      body.addProperty("role", role);
      if (pathPrefix != null) {
        body.addProperty("pathPrefix", pathPrefix);
      }
      if (!machineLabels.isEmpty()) {
        JsonObject labels = new JsonObject();
        machineLabels.forEach(labels::addProperty);
        body.add("machineLabels", labels);
      }
      body.addProperty("reason", reason);
      return body;
    }
  }

  @Command(name = "grant", description = "Give a role; at most what you have, never to yourself.")
  int grant(@Mixin Role role) {
    return change(role, "", "%s is now %s.");
  }

  @Command(name = "revoke", description = "Take away exactly this role with exactly these limits.")
  int revoke(@Mixin Role role) {
    return change(role, "/revoke", "%s is no longer %s.");
  }

  private int change(Role role, String step, String done) {
    try (CaClient ca = session.ca()) {
      JsonObject answer =
          ca.post("/v1/humans/" + Query.segment(role.name) + "/roles" + step, role.body());
      session.printer().one(answer, List.of(done.formatted(role.name, describe(answer))));
    }
    return 0;
  }

  @Command(name = "list", description = "List who has which role.")
  int list(
      @Parameters(arity = "0..1", paramLabel = "NAME", description = "Of this human only.")
          @Nullable String name,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "1000",
              description = "At most this many.")
          int limit) {
    try (CaClient ca = session.ca()) {
      session
          .printer()
          .list(ca.list(Query.add("/v1/roles", "human", name), limit), TABLE, "Nobody has a role.");
    }
    return 0;
  }

  /** {@return a role with its limits, for people} */
  static String describe(JsonObject held) {
    List<String> limits = new ArrayList<>();
    String prefix = held.get("pathPrefix").getAsString();
    if (!prefix.isEmpty()) {
      limits.add("paths below " + prefix);
    }
    for (Map.Entry<String, JsonElement> label : held.getAsJsonObject("machineLabels").entrySet()) {
      limits.add("machines with %s=%s".formatted(label.getKey(), JsonText.of(label.getValue())));
    }
    String role = JsonText.of(held.get("role"));
    return limits.isEmpty()
        ? role + " without limits"
        : "%s for %s".formatted(role, String.join(", ", limits));
  }
}
