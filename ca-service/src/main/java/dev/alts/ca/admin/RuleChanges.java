package dev.alts.ca.admin;

import dev.alts.ca.policy.RuleDraft;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Names of the rules in which two versions differ. */
record RuleChanges(List<String> added, List<String> removed, List<String> changed) {
  static RuleChanges between(List<RuleDraft> before, List<RuleDraft> after) {
    Map<String, RuleDraft> old = byName(before);
    Map<String, RuleDraft> next = byName(after);
    return new RuleChanges(
        next.keySet().stream().filter(name -> !old.containsKey(name)).toList(),
        old.keySet().stream().filter(name -> !next.containsKey(name)).toList(),
        next.entrySet().stream()
            .filter(rule -> old.containsKey(rule.getKey()))
            .filter(rule -> !rule.getValue().equals(old.get(rule.getKey())))
            .map(Map.Entry::getKey)
            .toList());
  }

  private static Map<String, RuleDraft> byName(List<RuleDraft> rules) {
    Map<String, RuleDraft> named = new TreeMap<>();
    rules.forEach(rule -> named.put(rule.name(), rule));
    return named;
  }
}
