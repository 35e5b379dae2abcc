package dev.alts.agent.attestation;

import dev.alts.identity.fact.Fact;
import java.util.List;

/**
 * What was found out about one process: the projection of it onto the footprint that was asked for.
 * Processes with equal {@code facts} are one case for the CA.
 *
 * @param missing facts that could not be had, with the reason; for explanations only, since a rule
 *     that reads an absent fact does not match
 */
public record WorkloadFacts(List<Fact> facts, List<String> missing) {
  public WorkloadFacts {
    facts = List.copyOf(facts);
    missing = List.copyOf(missing);
  }
}
