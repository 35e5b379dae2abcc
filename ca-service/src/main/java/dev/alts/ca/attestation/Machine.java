package dev.alts.ca.attestation;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A machine as the registry knows it.
 *
 * @param lineage counts its attestations; certificates of an earlier one are worth nothing
 * @param banReason empty: it is not banned
 * @param copied set if its lineage was stopped and it has not attested again
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
    @Nullable CopiedCredentials copied,
    List<MachineCertificate> certificates) {
  public Machine {
    certificates = List.copyOf(certificates);
  }
}
