package dev.alts.ca.policy;

import dev.alts.identity.SpiffeId;
import java.util.List;

/** What one rule says about one set of facts, for explanations. */
public sealed interface RuleVerdict {
  String rule();

  /**
   * It gives an identity.
   *
   * @param dnsNames for certificates that are handed out
   */
  record Matches(String rule, SpiffeId spiffeId, List<String> dnsNames) implements RuleVerdict {
    public Matches {
      dnsNames = List.copyOf(dnsNames);
    }
  }

  /**
   * @param condition the first term that does not hold, as written; empty if the condition holds
   *     and the identity could not be made
   * @param why in words
   * @param holding how many of {@code terms} hold
   */
  record Fails(String rule, String condition, String why, int holding, int terms)
      implements RuleVerdict {

    /** {@return one sentence for operators} */
    public String text() {
      return condition.isEmpty()
          ? "rule \"%s\": %s".formatted(rule, why)
          : "rule \"%s\": %s %s".formatted(rule, condition, why);
    }
  }
}
