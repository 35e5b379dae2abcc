package dev.alts.ca.policy;

import java.util.List;

/** Which identities a set of facts gives under one version of the rules. */
public sealed interface PolicyDecision {
  long ruleVersion();

  /** {@return what each rule says, in order of evaluation} */
  List<RuleVerdict> verdicts();

  /**
   * At least one rule matches.
   *
   * @param identities default first: by priority, then by the rule's name
   */
  record Granted(long ruleVersion, List<GrantedIdentity> identities, List<RuleVerdict> verdicts)
      implements PolicyDecision {
    public Granted {
      identities = List.copyOf(identities);
      verdicts = List.copyOf(verdicts);
      if (identities.isEmpty()) {
        throw new IllegalArgumentException("granted: nothing (expected: an identity)");
      }
    }
  }

  /**
   * No rule matches.
   *
   * @param explanation the nearest rule and the first condition of it that failed, for people
   */
  record Refused(long ruleVersion, String explanation, List<RuleVerdict> verdicts)
      implements PolicyDecision {
    public Refused {
      verdicts = List.copyOf(verdicts);
    }

    /** {@return the same with a reason why facts are missing, for people} */
    public Refused because(String reason) {
      return new Refused(ruleVersion, explanation + "; " + reason, verdicts);
    }
  }
}
