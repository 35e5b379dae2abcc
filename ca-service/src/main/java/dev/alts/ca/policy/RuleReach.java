package dev.alts.ca.policy;

import java.util.List;
import java.util.Set;

/** What one rule can give a machine whose agent says whatever helps it. */
public sealed interface RuleReach {
  String rule();

  /**
   * @param pattern SPIFFE ID in which {@code {fact}} stands for any text that a path segment may
   *     hold
   * @param free the facts in it
   * @param assumptions what the agent has to say for it; that it can is assumed, not proven
   */
  record Possible(String rule, String pattern, Set<String> free, List<String> assumptions)
      implements RuleReach {
    public Possible {
      free = Set.copyOf(free);
      assumptions = List.copyOf(assumptions);
    }
  }

  /** Whatever the agent says. */
  record Impossible(String rule, String why) implements RuleReach {}
}
