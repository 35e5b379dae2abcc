package dev.alts.ca.attestation;

import java.time.Instant;

/** Which machine a client certificate belongs to, today. */
public sealed interface MachineAuthentication {
  /**
   * @param generation of the certificate that was shown; renewal is bound to it
   */
  record Authenticated(
      MachineName name,
      MachineProperties properties,
      String attestor,
      int lineage,
      int generation,
      Instant attestedAt)
      implements MachineAuthentication {}

  /** Not a TLS certificate of a machine's present lineage. */
  record Unknown() implements MachineAuthentication {}

  /**
   * One of its present lineage whose successor was used a while ago. Once it may be a call that a
   * replica or a network held back; the next time it is {@link Copied}.
   */
  record Superseded(MachineName name, String evidence) implements MachineAuthentication {}

  /** The lineage has two users: a machine and whoever copied its credentials (ADR 25). */
  record Copied(MachineName name, int lineage, String evidence) implements MachineAuthentication {}

  record Banned(MachineName name, String reason) implements MachineAuthentication {}
}
