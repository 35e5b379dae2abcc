package dev.alts.ca.policy;

import java.util.List;
import java.util.Optional;

/** Versions of the rules, kept for ever. */
public interface RuleStore {
  /** {@return the new highest version, in the transaction that the caller is in} */
  RuleSetVersion append(List<RuleDraft> rules, String author, String reason);

  Optional<RuleSetVersion> current();
}
