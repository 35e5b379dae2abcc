package dev.alts.agent.attestation;

/** Reads facts about a process. Whoever calls it checks afterwards that the process is the same. */
public interface WorkloadAttestor {
  /**
   * {@return the facts about {@code process} that {@code footprint} reads}
   *
   * @throws PeerLostException if the process has gone
   */
  WorkloadFacts attest(PeerProcess process, FactFootprint footprint) throws PeerLostException;
}
