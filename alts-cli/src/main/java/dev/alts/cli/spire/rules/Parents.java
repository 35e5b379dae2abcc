package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.SpireId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * On which machines the children of an ID are authorised: on an agent's own, on those that a node
 * alias stands for, and where an entry of this ID is authorised itself.
 */
final class Parents {
  /** One kind of machine. */
  sealed interface Way {
    /** The machine of one agent. */
    record Agent(SpireId id) implements Way {}

    /** Every machine with the selectors of the alias. */
    record Alias(SpireEntry entry) implements Way {}
  }

  private final Map<SpireId, List<SpireEntry>> byId = new HashMap<>();
  private final Map<SpireId, List<Way>> known = new HashMap<>();

  Parents(Collection<SpireEntry> entries) {
    Set<SpireId> parents = new HashSet<>();
    entries.forEach(entry -> parents.add(entry.parentId()));
    for (SpireEntry entry : entries) {
      if (parents.contains(entry.spiffeId())) {
        byId.computeIfAbsent(entry.spiffeId(), id -> new ArrayList<>()).add(entry);
      }
    }
  }

  /** {@return whether entries have this one's ID as their parent} */
  boolean isParent(SpireEntry entry) {
    return byId.containsKey(entry.spiffeId());
  }

  /** {@return the machines, none of them twice} */
  List<Way> waysTo(SpireId parent) {
    List<Way> ways = known.get(parent);
    if (ways == null) {
      ways = find(parent);
      known.put(parent, ways);
    }
    return ways;
  }

  private List<Way> find(SpireId parent) {
    Set<Way> ways = new LinkedHashSet<>();
    Set<SpireId> seen = new HashSet<>(Set.of(parent));
    List<SpireId> open = new ArrayList<>(List.of(parent));
    while (!open.isEmpty()) {
      SpireId next = open.removeLast();
      if (next.isAgent()) {
        ways.add(new Way.Agent(next));
      }
      for (SpireEntry entry : byId.getOrDefault(next, List.of())) {
        if (entry.isNodeAlias()) {
          ways.add(new Way.Alias(entry));
        } else if (seen.add(entry.parentId())) {
          open.add(entry.parentId());
        }
      }
    }
    return List.copyOf(ways);
  }
}
