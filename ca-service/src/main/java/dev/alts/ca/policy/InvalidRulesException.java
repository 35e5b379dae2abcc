package dev.alts.ca.policy;

import java.util.List;

/** Rules that cannot become a rule set; nothing was changed. */
public final class InvalidRulesException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  public InvalidRulesException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** {@return one sentence for each problem, with the rule's name} */
  public List<String> problems() {
    return problems;
  }
}
