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

  record Banned(MachineName name, String reason) implements MachineAuthentication {}
}
