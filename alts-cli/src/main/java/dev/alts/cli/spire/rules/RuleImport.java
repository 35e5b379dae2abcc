package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.Selector;
import dev.alts.cli.spire.SpireAgent;
import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.SpireId;
import dev.alts.cli.spire.rules.ImportedRules.Difference;
import dev.alts.cli.spire.rules.ImportedRules.Lacking;
import dev.alts.cli.spire.rules.ImportedRules.MachinePlan;
import dev.alts.cli.spire.rules.Parents.Way;
import dev.alts.cli.spire.rules.Unmet.Reason;
import dev.alts.cli.spire.rules.WorkloadSelectors.Reading;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns entries into rules.
 *
 * <p>Each entry becomes the conditions that it makes on machine and process; grants of the same
 * facts whose paths repeat the values alike become one template; the condition of a template holds
 * for the combinations of values that entries had and for no other (unless the user wants it open).
 * An entry that cannot be said exactly becomes no rule and is listed with the reason.
 */
public final class RuleImport {
  private static final Set<String> RESERVED = Set.of("ca", "machine", "human");
  private static final int MAX_TEMPLATE = 1024;
  private static final int MAX_HINT = 200;
  private static final int MAX_DNS_NAMES = 16;
  private static final Pattern DNS_NAME =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
              + "(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*");

  private final ImportOptions options;
  private final WorkloadSelectors selectors;
  private final Parents parents;
  private final Set<SpireId> banned = new HashSet<>();
  private final MachineNames names;
  private final NodeLabels labels;
  private final List<Unmet> unmet = new ArrayList<>();
  private final List<Difference> differences = new ArrayList<>();
  private final List<Grant> grants = new ArrayList<>();
  private final Map<Way, SortedMap<Dimension, String>> asksOfMachines = new HashMap<>();
  private int nodeAliases;

  private RuleImport(List<SpireEntry> live, List<SpireAgent> agents, ImportOptions options) {
    this.options = options;
    this.selectors = new WorkloadSelectors(options.facts());
    this.parents = new Parents(live);
    this.names =
        MachineNames.of(
            live.stream().map(SpireEntry::parentId).filter(SpireId::isAgent).distinct().toList(),
            agents,
            options.machines());
    this.labels =
        new NodeLabels(
            live.stream()
                .filter(SpireEntry::isNodeAlias)
                .filter(parents::isParent)
                .map(SpireEntry::selectors)
                .toList(),
            agents.stream().map(SpireAgent::selectors).toList(),
            options.labels());
    agents.stream().filter(SpireAgent::banned).forEach(agent -> banned.add(agent.id()));
  }

  /**
   * {@return the rules, and what has none}
   *
   * @param agents may be empty: then machines are known by their agents' IDs alone
   * @param now what has expired by then gives nothing
   * @throws IllegalArgumentException if the machine names that were chosen are not distinct
   */
  public static ImportedRules of(
      Collection<SpireEntry> entries,
      Collection<SpireAgent> agents,
      ImportOptions options,
      Instant now) {
    String domain = options.trustDomain().isEmpty() ? domainOfMost(entries) : options.trustDomain();
    List<Unmet> before = new ArrayList<>();
    List<SpireEntry> live = new ArrayList<>();
    for (SpireEntry entry : entries) {
      if (!entry.spiffeId().trustDomain().equals(domain)
          || !entry.parentId().trustDomain().equals(domain)) {
        before.add(unmet(entry, Reason.FOREIGN_DOMAIN, "its trust domain is not " + domain));
      } else if (entry.isExpired(now)) {
        before.add(
            unmet(entry, Reason.EXPIRED, "expired " + Instant.ofEpochSecond(entry.expiresAt())));
      } else {
        live.add(entry);
      }
    }
    live.sort(Comparator.comparing(SpireEntry::id));
    RuleImport made = new RuleImport(live, List.copyOf(agents), options);
    made.unmet.addAll(before);
    live.forEach(made::add);
    return made.rules(domain, entries.size(), agents);
  }

  /** {@return the trust domain that most entries are of; empty: there are none} */
  public static String domainOfMost(Collection<SpireEntry> entries) {
    SortedMap<String, Integer> counts = new TreeMap<>();
    entries.forEach(entry -> counts.merge(entry.spiffeId().trustDomain(), 1, Integer::sum));
    return counts.entrySet().stream()
        .max(
            Map.Entry.<String, Integer>comparingByValue()
                .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
        .map(Map.Entry::getKey)
        .orElse("");
  }

  private static Unmet unmet(SpireEntry entry, Reason reason, String why) {
    return new Unmet(entry.id(), entry.spiffeId().toString(), reason, why);
  }

  private void add(SpireEntry entry) {
    if (entry.isNodeAlias()) {
      nodeAliases++;
      return;
    }
    switch (selectors.read(entry.selectors())) {
      case Reading.None none when none.reason() == Reason.AGENT_ONLY && parents.isParent(entry) ->
          nodeAliases++;
      case Reading.None none -> {
        Unmet obstacle = obstacle(entry);
        unmet.add(obstacle == null ? unmet(entry, none.reason(), none.why()) : obstacle);
      }
      case Reading.Asks asks -> add(entry, asks.asks());
    }
  }

  private void add(SpireEntry entry, SortedMap<Dimension, String> ofProcess) {
    Unmet obstacle = obstacle(entry);
    if (obstacle != null) {
      unmet.add(obstacle);
      return;
    }
    List<Way> ways =
        parents.waysTo(entry.parentId()).stream()
            .filter(
                way -> !(way instanceof Way.Alias alias) || !alias.entry().selectors().isEmpty())
            .toList();
    List<Way> open =
        ways.stream()
            .filter(way -> !(way instanceof Way.Agent agent) || !banned.contains(agent.id()))
            .toList();
    if (open.isEmpty()) {
      unmet.add(
          ways.isEmpty()
              ? unmet(entry, Reason.NO_PARENT, "no agent and no node alias is " + entry.parentId())
              : unmet(entry, Reason.BANNED_AGENT, "every agent that has it is banned"));
      return;
    }
    Grant.Terms terms = terms(entry);
    for (Way way : open) {
      grants.add(
          new Grant(entry.id(), entry.spiffeId().path(), terms, asksOfMachine(way), ofProcess));
    }
  }

  private @Nullable Unmet obstacle(SpireEntry entry) {
    if (entry.downstream()) {
      return unmet(entry, Reason.DOWNSTREAM, "it is for a server below this one");
    }
    if (entry.storeSvid()) {
      return unmet(entry, Reason.STORE_SVID, "its certificate goes to a secret store");
    }
    if (entry.admin() && !options.adminIdentities()) {
      return unmet(entry, Reason.ADMIN, "it may administer the server");
    }
    if (entry.expiresAt() != 0) {
      return unmet(
          entry,
          Reason.EXPIRES,
          "it ends at %s, and a rule does not".formatted(Instant.ofEpochSecond(entry.expiresAt())));
    }
    if (entry.selectors().isEmpty()) {
      return unmet(entry, Reason.NO_SELECTORS, "it has no selectors");
    }
    if (entry.dnsNames().size() > MAX_DNS_NAMES
        || !entry.dnsNames().stream().allMatch(name -> DNS_NAME.matcher(name).matches())) {
      return unmet(entry, Reason.DNS_NAMES, "no rule gives its DNS names " + entry.dnsNames());
    }
    return pathObstacle(entry);
  }

  private static @Nullable Unmet pathObstacle(SpireEntry entry) {
    String path = entry.spiffeId().path();
    if (path.length() > MAX_TEMPLATE) {
      return unmet(entry, Reason.TOO_LONG, "its path has %d characters".formatted(path.length()));
    }
    try {
      SpiffeId.requirePath(path);
    } catch (IllegalArgumentException e) {
      return unmet(entry, Reason.PATH, String.valueOf(e.getMessage()));
    }
    if (path.isEmpty()) {
      return unmet(entry, Reason.PATH, "it is the trust domain itself");
    }
    String first = path.substring(1).split("/", -1)[0];
    return RESERVED.contains(first)
        ? unmet(entry, Reason.PATH, "the CA keeps paths that begin with /" + first)
        : null;
  }

  private Grant.Terms terms(SpireEntry entry) {
    int wanted = entry.x509SvidTtl() == 0 ? options.defaultTtl() : entry.x509SvidTtl();
    int ttl = Math.clamp(wanted, ImportOptions.MIN_TTL, options.maxTtl());
    if (ttl != wanted) {
      differ(entry, "ttl %d s instead of %d s".formatted(ttl, wanted));
    }
    if (entry.jwtSvidTtl() != 0) {
      differ(entry, "jwt ttl %d s is not in rules".formatted(entry.jwtSvidTtl()));
    }
    if (!entry.federatesWith().isEmpty()) {
      differ(
          entry,
          "federates_with %s: the CA gives the bundles of foreign domains to every process"
              .formatted(entry.federatesWith()));
    }
    String hint = entry.hint();
    if (hint.length() > MAX_HINT || hint.chars().anyMatch(Character::isISOControl)) {
      differ(entry, "without its hint, which is longer than 200 printable characters");
      hint = "";
    }
    return new Grant.Terms(ttl, hint, entry.dnsNames().stream().distinct().sorted().toList());
  }

  private void differ(SpireEntry entry, String what) {
    differences.add(new Difference(entry.id(), entry.spiffeId().toString(), what));
  }

  private SortedMap<Dimension, String> asksOfMachine(Way way) {
    return asksOfMachines.computeIfAbsent(
        way,
        w -> {
          SortedMap<Dimension, String> asks = new TreeMap<>();
          switch (w) {
            case Way.Agent agent -> asks.put(Dimension.text("machine.name"), names.of(agent.id()));
            case Way.Alias alias ->
                alias
                    .entry()
                    .selectors()
                    .forEach(selector -> {
                      NodeLabels.Label label = labels.of(selector);
                      asks.put(label.dimension(), label.value());
                    });
          }
          return asks;
        });
  }

  private ImportedRules rules(String domain, int entries, Collection<SpireAgent> agents) {
    RuleMaker maker = new RuleMaker(options.open());
    maker.make(grants);
    Map<String, String> ids = new HashMap<>();
    grants.forEach(grant -> ids.put(grant.entry(), grant.path()));
    maker
        .tooLong()
        .forEach(entry ->
            unmet.add(
                new Unmet(
                    entry,
                    "spiffe://" + domain + ids.get(entry),
                    Reason.TOO_LONG,
                    "its condition is longer than the CA takes")));
    Set<String> covered = new HashSet<>(ids.keySet());
    covered.removeAll(maker.tooLong());
    SortedMap<String, String> labelled = new TreeMap<>();
    labels
        .all()
        .forEach((selector, label) ->
            labelled.merge(label.key(), stands(selector, label), (one, other) -> one));
    return new ImportedRules(
        domain,
        entries,
        covered.size(),
        nodeAliases,
        maker.groups(),
        lacking(),
        differences,
        machines(agents),
        labelled);
  }

  private static String stands(Selector selector, NodeLabels.Label label) {
    String text = selector.toString();
    return label.value().equals("true") || !text.endsWith(":" + label.value())
        ? text
        : text.substring(0, text.length() - label.value().length() - 1);
  }

  private List<Lacking> lacking() {
    return unmet.stream()
        .sorted(Comparator.comparing(Unmet::entry))
        .map(one ->
            new Lacking(
                one.entry(),
                one.spiffeId(),
                one.reason().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                one.why(),
                one.reason().todo(),
                one.reason().grantsInSpire()))
        .toList();
  }

  private List<MachinePlan> machines(Collection<SpireAgent> agents) {
    return agents.stream()
        .filter(agent -> !agent.banned())
        .map(agent -> {
          SortedMap<String, String> has = new TreeMap<>();
          labels
              .all()
              .forEach((selector, label) -> {
                if (agent.selectors().contains(selector)) {
                  has.put(label.key(), label.value());
                }
              });
          return new MachinePlan(agent.id().toString(), names.of(agent.id()), has);
        })
        .sorted(Comparator.comparing(MachinePlan::name))
        .toList();
  }
}
