package dev.alts.agent.attestation;

import java.util.Set;

/**
 * Which facts the rules in force can read. Agents gather and send no others, so two processes that
 * differ only in what no rule reads are one case.
 *
 * @param names fact names; a name also stands for everything below it
 */
public record FactFootprint(Set<String> names) {
  public FactFootprint {
    names = Set.copyOf(names);
  }

  public boolean reads(String fact) {
    for (int end = fact.length(); end > 0; end = fact.lastIndexOf('.', end - 1)) {
      if (names.contains(fact.substring(0, end))) {
        return true;
      }
    }
    return false;
  }
}
