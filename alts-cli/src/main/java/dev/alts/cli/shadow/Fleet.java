package dev.alts.cli.shadow;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.alts.cli.spire.Selector;
import dev.alts.cli.spire.SpireAgent;
import dev.alts.cli.spire.SpireDecisions;
import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.rules.ImportOptions;
import dev.alts.cli.spire.rules.WorkloadSelectors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges processes that the CA knows by SPIRE's entries. What agents did not gather, because no
 * rule reads it, stays unknown instead of being taken as absent.
 */
public final class Fleet {
  private final SpireDecisions decisions;
  private final WorkloadSelectors selectors;
  private final ImportOptions options;
  private final Map<SpireAgent, List<SpireEntry>> authorised = new HashMap<>();

  /**
   * @param live entries that have not expired
   * @param options what selectors mean here
   */
  public Fleet(Collection<SpireEntry> live, String trustDomain, ImportOptions options) {
    this.decisions = SpireDecisions.of(live, trustDomain);
    this.selectors = new WorkloadSelectors(options.facts());
    this.options = options;
  }

  /** What SPIRE gives a process. */
  public record Judged(List<Identity> identities, List<Comparison.Unknown> unknown) {}

  /**
   * {@return what SPIRE gives a process of the agent's machine}
   *
   * @param facts by name, as the CA has them
   */
  public Judged judge(SpireAgent agent, JsonObject facts) {
    Map<String, List<String>> values = new HashMap<>();
    facts.entrySet().forEach(fact -> values.put(fact.getKey(), texts(fact.getValue())));
    Set<Selector> process = selectors.selectors(values);
    List<SpireEntry> matching = new ArrayList<>();
    List<Comparison.Unknown> unknown = new ArrayList<>();
    for (SpireEntry entry : authorised.computeIfAbsent(agent, decisions::authorised)) {
      Set<Selector> lacking = new HashSet<>(entry.selectors());
      lacking.removeAll(process);
      if (lacking.isEmpty()) {
        matching.add(entry);
      } else if (lacking.stream().allMatch(selector -> isUnknown(selector, facts))) {
        unknown.add(new Comparison.Unknown(entry.spiffeId().toString(), why(lacking)));
      }
    }
    return new Judged(
        SpireDecisions.served(matching).stream().map(this::identity).toList(), unknown);
  }

  private boolean isUnknown(Selector selector, JsonObject facts) {
    return selectors
        .factOf(selector)
        .map(fact -> !facts.has(fact))
        .orElse(!WorkloadSelectors.isOfMachines(selector));
  }

  private String why(Set<Selector> lacking) {
    Selector selector = lacking.iterator().next();
    Optional<String> fact = selectors.factOf(selector);
    return fact.isPresent()
        ? "depends on %s, and agents have not gathered %s".formatted(selector, fact.get())
        : "depends on %s, for which there is no fact".formatted(selector);
  }

  private Identity identity(SpireEntry entry) {
    return new Identity(
        entry.spiffeId().toString(),
        entry.x509SvidTtl() == 0 ? options.defaultTtl() : entry.x509SvidTtl(),
        entry.hint(),
        entry.dnsNames());
  }

  private static List<String> texts(JsonElement value) {
    return value.isJsonArray()
        ? value.getAsJsonArray().asList().stream().map(JsonElement::getAsString).toList()
        : List.of(value.getAsString());
  }
}
