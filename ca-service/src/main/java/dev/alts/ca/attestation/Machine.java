package dev.alts.ca.attestation;

import java.time.Instant;
import java.util.List;

/**
 * A machine as the registry knows it.
 *
 * @param lineage counts its attestations; certificates of an earlier one are worth nothing
 * @param banReason empty: it is not banned
 * @param certificates those that have not expired, newest first
 */
public record Machine(
    MachineName name,
    MachineProperties properties,
    String attestor,
    String agentVersion,
    Instant attestedAt,
    Instant lastSeen,
    int lineage,
    boolean banned,
    String banReason,
    List<MachineCertificate> certificates) {
  public Machine {
    certificates = List.copyOf(certificates);
  }
}
