package dev.alts.ca.machine;

import dev.alts.api.machine.v1.IssueItem;
import dev.alts.ca.grants.LiveGrant;
import dev.alts.identity.fact.FactSet;
import java.util.Set;

/** What an agent said about the process that a certificate was given to. */
public record GrantFacts(FactSet facts, Set<String> unavailable) {
  public GrantFacts {
    unavailable = Set.copyOf(unavailable);
  }

  public static GrantFacts of(LiveGrant grant) {
    IssueItem question = GrantJudge.question(grant);
    return new GrantFacts(
        WireFacts.ofAgent(question.getFactsList()),
        WireFacts.unavailable(question.getUnavailableList()));
  }
}
