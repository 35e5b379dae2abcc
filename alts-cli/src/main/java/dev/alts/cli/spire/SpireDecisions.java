package dev.alts.cli.spire;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who gets which entry by SPIRE's own semantics (1.13): an agent is given the entries below its ID
 * and below every node alias whose selectors it has, children of entries included; a process gets
 * those of them whose selectors it has. Immutable.
 */
public final class SpireDecisions {
  private final String trustDomain;
  private final List<SpireEntry> aliases;
  private final Map<String, List<SpireEntry>> children;

  private SpireDecisions(
      String trustDomain, List<SpireEntry> aliases, Map<String, List<SpireEntry>> children) {
    this.trustDomain = trustDomain;
    this.aliases = aliases;
    this.children = children;
  }

  /** {@return the decisions by {@code entries}; those of other trust domains say nothing} */
  public static SpireDecisions of(Collection<SpireEntry> entries, String trustDomain) {
    List<SpireEntry> aliases = new ArrayList<>();
    Map<String, List<SpireEntry>> children = new HashMap<>();
    for (SpireEntry entry : entries) {
      if (!entry.spiffeId().trustDomain().equals(trustDomain)
          || !entry.parentId().trustDomain().equals(trustDomain)) {
        continue;
      }
      if (entry.isNodeAlias()) {
        aliases.add(entry);
      } else {
        children.computeIfAbsent(entry.parentId().path(), parent -> new ArrayList<>()).add(entry);
      }
    }
    return new SpireDecisions(trustDomain, aliases, children);
  }

  /** {@return every entry that the server gives to {@code agent}, in the order of their IDs} */
  public List<SpireEntry> authorised(SpireAgent agent) {
    if (agent.banned() || !agent.id().trustDomain().equals(trustDomain)) {
      return List.of();
    }
    Set<String> seen = new HashSet<>();
    List<SpireEntry> found = new ArrayList<>();
    crawl(agent.id().path(), seen, found);
    Set<Selector> machine = Set.copyOf(agent.selectors());
    for (SpireEntry alias : aliases) {
      if (!alias.selectors().isEmpty() && machine.containsAll(alias.selectors())) {
        crawl(alias.spiffeId().path(), seen, found);
      }
    }
    found.sort(Comparator.comparing(SpireEntry::id));
    return found;
  }

  private void crawl(String parent, Set<String> seen, List<SpireEntry> found) {
    List<String> open = new ArrayList<>(List.of(parent));
    while (!open.isEmpty()) {
      String next = open.removeLast();
      if (!seen.add(next)) {
        continue;
      }
      for (SpireEntry child : children.getOrDefault(next, List.of())) {
        found.add(child);
        open.add(child.spiffeId().path());
      }
    }
  }

  /** {@return those of {@code authorised} that a process with these selectors gets} */
  public static List<SpireEntry> matching(
      Collection<SpireEntry> authorised, Set<Selector> process) {
    return authorised.stream().filter(entry -> process.containsAll(entry.selectors())).toList();
  }

  /**
   * {@return what the Workload API shows of them: of entries with one hint the oldest, in the order
   * of their IDs, the first of which is the default}
   */
  public static List<SpireEntry> served(Collection<SpireEntry> matching) {
    Map<String, SpireEntry> byHint = new TreeMap<>();
    List<SpireEntry> sorted =
        matching.stream()
            .sorted(Comparator.comparingLong(SpireEntry::createdAt).thenComparing(SpireEntry::id))
            .toList();
    sorted.forEach(entry -> byHint.putIfAbsent(entry.hint(), entry));
    return sorted.stream()
        .filter(entry -> entry.hint().isEmpty() || entry.equals(byHint.get(entry.hint())))
        .sorted(Comparator.comparing(SpireEntry::id))
        .toList();
  }
}
