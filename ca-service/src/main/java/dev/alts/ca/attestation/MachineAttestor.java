package dev.alts.ca.attestation;

import dev.alts.identity.Bytes;

/** One way to prove which machine one is. Thread-safe. */
public interface MachineAttestor {
  /** {@return the name by which agents choose it and rules see it: {@code join-token}} */
  String name();

  /** {@return what the evidence shows, or a challenge; the evidence is a stranger's} */
  AttestationStep begin(Bytes evidence);
}
