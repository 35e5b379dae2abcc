package dev.alts.cli.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.ca.CaClient;
import dev.alts.cli.ca.CommandFailedException;
import dev.alts.cli.ca.Query;
import dev.alts.cli.shadow.Comparison;
import dev.alts.cli.shadow.ComparisonReport;
import dev.alts.cli.shadow.Fleet;
import dev.alts.cli.shadow.Identity;
import dev.alts.cli.spire.SpireAgent;
import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.SpireId;
import dev.alts.cli.spire.rules.ImportOptions;
import dev.alts.cli.spire.rules.MachineNames;
import dev.alts.cli.spire.rules.RuleImport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Every process that the CA knows, judged by SPIRE's entries and by the rules in force. */
@Command(
    name = "fleet",
    description = {
      "Judge all processes that hold a certificate of the CA by SPIRE's entries, and compare with",
      "what the rules in force give them. Asks no agent of either side.",
      "A process that has nothing from the CA is in no list."
    })
public final class ShadowFleetCommand implements Callable<Integer> {
  private static final int ALL = Integer.MAX_VALUE;

  private final Session session;

  @Option(
      names = {"-f", "--file"},
      required = true,
      paramLabel = "FILE",
      description = "The entries; - is the standard input.")
  private Path entries = Path.of("-");

  @Option(names = "--agents", required = true, paramLabel = "FILE", description = "The agents.")
  private Path agents = Path.of("-");

  @Option(
      names = "--machine",
      paramLabel = "NAME",
      description = "Only this machine; may be repeated.")
  private @Nullable List<String> only;

  @Option(
      names = "--differences",
      description = "Print only what is not the same; the exit code and the report have all.")
  private boolean differences;

  @Option(names = "--report", paramLabel = "FILE", description = "For the comparison, as JSON.")
  private @Nullable Path report;

  @Mixin private SpireChoices choices = new SpireChoices();

  ShadowFleetCommand(Session session) {
    this.session = session;
  }

  private record Terms(long ttl, String hint, List<String> dnsNames) {}

  private static final Terms NONE = new Terms(0, "", List.of());

  /** What has been compared so far. */
  private static final class Found {
    private final List<Comparison> comparisons = new ArrayList<>();
    private final List<JsonObject> rows = new ArrayList<>();
    private final JsonArray report = new JsonArray();
  }

  @Override
  public Integer call() {
    SpireFiles files = new SpireFiles(session.context().in());
    List<SpireEntry> all = files.entries(entries);
    Map<String, SpireAgent> byMachine = byMachine(all, files.agents(agents));
    Fleet fleet = fleet(all);
    Found found = new Found();
    List<String> strangers = new ArrayList<>();
    try (CaClient ca = session.ca()) {
      Map<String, Terms> terms = terms(ca);
      for (String machine : machines(ca)) {
        SpireAgent agent = byMachine.get(machine);
        if (agent == null) {
          strangers.add(machine);
        } else {
          compare(ca, machine, agent, fleet, terms, found);
        }
      }
    }
    ShadowCommand.write(report, found.report);
    session
        .printer()
        .list(found.rows, ShadowCommand.TABLE, "No process of a machine of SPIRE's differs.");
    if (!strangers.isEmpty()) {
      session.say("not compared, since SPIRE has no agent of this name (--machines): " + strangers);
    }
    session.say(
        "%d processes compared, %d not the same"
            .formatted(
                found.comparisons.size(),
                found.comparisons.stream()
                    .filter(one -> one.verdict() != Comparison.Verdict.SAME)
                    .count()));
    return ShadowCommand.exitCode(found.comparisons);
  }

  private Fleet fleet(List<SpireEntry> all) {
    ImportOptions options = choices.options(false);
    String domain =
        options.trustDomain().isEmpty() ? RuleImport.domainOfMost(all) : options.trustDomain();
    return new Fleet(
        all.stream()
            .filter(entry -> !entry.isExpired(session.context().clock().instant()))
            .toList(),
        domain,
        options);
  }

  private Map<String, SpireAgent> byMachine(List<SpireEntry> all, List<SpireAgent> known) {
    List<SpireId> parents =
        all.stream().map(SpireEntry::parentId).filter(SpireId::isAgent).distinct().toList();
    Map<String, SpireAgent> byMachine = new HashMap<>();
    try {
      MachineNames names = MachineNames.of(parents, known, choices.options(false).machines());
      known.forEach(agent -> names.find(agent.id()).ifPresent(name -> byMachine.put(name, agent)));
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), null);
    }
    return byMachine;
  }

  private List<String> machines(CaClient ca) {
    return only != null
        ? only
        : ca.list("/v1/machines", ALL).stream()
            .map(machine -> machine.get("name").getAsString())
            .toList();
  }

  private static Map<String, Terms> terms(CaClient ca) {
    Map<String, Terms> terms = new HashMap<>();
    for (JsonElement element : ca.get("/v1/rules").getAsJsonArray("items")) {
      JsonObject rule = element.getAsJsonObject();
      terms.put(
          rule.get("name").getAsString(),
          new Terms(
              SpireChoices.seconds("ttl", rule.get("ttl").getAsString()),
              rule.has("hint") ? rule.get("hint").getAsString() : "",
              rule.has("dns-names")
                  ? rule.getAsJsonArray("dns-names").asList().stream()
                      .map(JsonElement::getAsString)
                      .toList()
                  : List.of()));
    }
    return terms;
  }

  /** Processes of which agents said the same are one: rules cannot tell them apart either. */
  private void compare(
      CaClient ca,
      String machine,
      SpireAgent agent,
      Fleet fleet,
      Map<String, Terms> terms,
      Found found) {
    String path = "/v1/machines/" + Query.segment(machine);
    Set<JsonObject> processes = new LinkedHashSet<>();
    for (JsonObject grant : ca.list(path + "/grants", ALL)) {
      processes.add(grant.getAsJsonObject("facts"));
    }
    for (JsonObject facts : processes) {
      JsonObject answer = explain(ca, machine, facts);
      Fleet.Judged spire = fleet.judge(agent, facts(answer));
      Comparison comparison =
          Comparison.of(spire.identities(), ours(answer, terms), spire.unknown());
      found.comparisons.add(comparison);
      JsonObject json = ComparisonReport.json(comparison);
      json.addProperty("machine", machine);
      json.add("facts", facts);
      found.report.add(json);
      ComparisonReport.rows(process(machine, facts), comparison).stream()
          .filter(row -> !differences || !row.get("verdict").getAsString().equals("same"))
          .forEach(found.rows::add);
    }
  }

  private static JsonObject explain(CaClient ca, String machine, JsonObject facts) {
    JsonObject request = new JsonObject();
    request.addProperty("machine", machine);
    request.add("facts", facts);
    return ca.post("/v1/explain/requests", request);
  }

  /** Those that the CA vouches for too. */
  private static JsonObject facts(JsonObject answer) {
    JsonObject facts = new JsonObject();
    answer
        .getAsJsonArray("facts")
        .forEach(one ->
            facts.add(
                one.getAsJsonObject().get("name").getAsString(),
                one.getAsJsonObject().get("value")));
    return facts;
  }

  private static List<Identity> ours(JsonObject answer, Map<String, Terms> terms) {
    Map<String, Terms> byIdentity = new HashMap<>();
    for (JsonElement element : answer.getAsJsonArray("rules")) {
      JsonObject rule = element.getAsJsonObject();
      if (!rule.get("gives").isJsonNull()) {
        byIdentity.putIfAbsent(
            rule.get("gives").getAsString(),
            terms.getOrDefault(rule.get("rule").getAsString(), NONE));
      }
    }
    List<Identity> identities = new ArrayList<>();
    for (JsonElement id : answer.getAsJsonArray("granted")) {
      Terms its = byIdentity.getOrDefault(id.getAsString(), NONE);
      identities.add(new Identity(id.getAsString(), its.ttl(), its.hint(), its.dnsNames()));
    }
    return identities;
  }

  private static String process(String machine, JsonObject facts) {
    StringBuilder text = new StringBuilder(machine);
    facts
        .entrySet()
        .forEach(fact ->
            text.append(' ')
                .append(fact.getKey().substring(fact.getKey().lastIndexOf('.') + 1))
                .append('=')
                .append(
                    fact.getValue().isJsonArray()
                        ? fact.getValue().toString()
                        : fact.getValue().getAsString()));
    return text.toString();
  }
}
