package dev.alts.ca.policy;

/**
 * An identity rule as an operator wrote it, not yet checked.
 *
 * @param when condition in CEL over {@code machine.*}, {@code verified.*} and {@code workload.*}
 * @param identity path template such as {@code /demo/{machine.labels.env}/web}; empty exactly if
 *     {@code useMachineIdentity}
 * @param ttl such as {@code 1h}, {@code 90m}, {@code 1h30m}
 * @param hint text for the holder, empty: none
 * @param priority smaller comes first; the first granted identity is the default
 * @param clearBoundary whether certificates of this rule state no boundary although the machine has
 *     one
 * @param allowAnyMachine whether the rule may do without a condition on {@code machine.*} or {@code
 *     verified.*}, so that every attested machine can obtain the identity by its word alone
 */
public record RuleDraft(
    String name,
    String when,
    String identity,
    boolean useMachineIdentity,
    String ttl,
    String hint,
    int priority,
    boolean clearBoundary,
    boolean allowAnyMachine,
    RuleTerms terms) {

  /** A rule on the usual terms. */
  public RuleDraft(
      String name,
      String when,
      String identity,
      boolean useMachineIdentity,
      String ttl,
      String hint,
      int priority,
      boolean clearBoundary,
      boolean allowAnyMachine) {
    this(
        name,
        when,
        identity,
        useMachineIdentity,
        ttl,
        hint,
        priority,
        clearBoundary,
        allowAnyMachine,
        RuleTerms.USUAL);
  }

  /** {@return a rule with a path template and nothing out of the ordinary} */
  public static RuleDraft of(String name, String when, String identity, String ttl) {
    return new RuleDraft(name, when, identity, false, ttl, "", 0, false, false);
  }

  /** {@return this rule on other terms} */
  public RuleDraft with(RuleTerms other) {
    return new RuleDraft(
        name,
        when,
        identity,
        useMachineIdentity,
        ttl,
        hint,
        priority,
        clearBoundary,
        allowAnyMachine,
        other);
  }
}
