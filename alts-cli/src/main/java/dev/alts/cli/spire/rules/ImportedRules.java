package dev.alts.cli.spire.rules;

import java.util.List;
import java.util.SortedMap;

/**
 * What became of an export.
 *
 * @param entries how many were read
 * @param covered how many are granted by rules
 * @param nodeAliases how many stand for machines, and became conditions
 * @param unmet those without a rule, by entry ID
 * @param differences of those with a rule
 * @param labels the selector that each machine label stands for
 */
public record ImportedRules(
    String trustDomain,
    int entries,
    int covered,
    int nodeAliases,
    List<Group> groups,
    List<Lacking> unmet,
    List<Difference> differences,
    List<MachinePlan> machines,
    SortedMap<String, String> labels) {
  public ImportedRules {
    groups = List.copyOf(groups);
    unmet = List.copyOf(unmet);
    differences = List.copyOf(differences);
    machines = List.copyOf(machines);
  }

  /** Rules of one template, and the entries that they stand for. */
  public record Group(List<MadeRule> rules, List<String> entries) {
    public Group {
      rules = List.copyOf(rules);
      entries = List.copyOf(entries);
    }
  }

  /**
   * An entry without a rule.
   *
   * @param reason a word of those that the documentation lists
   * @param grantsInSpire whether somebody has something by it today
   */
  public record Lacking(
      String entry,
      String spiffeId,
      String reason,
      String why,
      String todo,
      boolean grantsInSpire) {}

  /** What is not the same about an entry that has a rule. */
  public record Difference(String entry, String spiffeId, String what) {}

  /**
   * How a machine has to join.
   *
   * @param agent its agent's ID in SPIRE
   */
  public record MachinePlan(String agent, String name, SortedMap<String, String> labels) {}

  /** {@return all rules, in the order in which they are evaluated} */
  public List<MadeRule> rules() {
    return groups.stream().flatMap(group -> group.rules().stream()).toList();
  }

  /** {@return how many entries that give something today have no rule} */
  public long notCovered() {
    return unmet.stream().filter(Lacking::grantsInSpire).count();
  }
}
