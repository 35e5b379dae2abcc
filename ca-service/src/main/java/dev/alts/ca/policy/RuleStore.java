package dev.alts.ca.policy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Versions of the rules, kept for ever. */
public interface RuleStore {
  /** {@return the new highest version, in the transaction that the caller is in} */
  RuleSetVersion append(List<RuleDraft> rules, String author, String reason);

  Optional<RuleSetVersion> current();

  Optional<RuleSetVersion> find(long version);

  /** {@return the version that was the newest at that time, or empty if there was none yet} */
  Optional<RuleSetVersion> newestAt(Instant time);

  /** {@return versions below {@code before}, newest first} */
  List<RuleSetSummary> history(long before, int limit);
}
