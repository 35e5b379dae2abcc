package dev.alts.ca.attestation;

import dev.alts.identity.Bytes;

/** Where an attestation stands. */
public sealed interface AttestationStep {
  /** The machine must answer {@code challenge}; {@code next} judges the answer, once. */
  record Challenge(Bytes challenge, Answered next) implements AttestationStep {}

  record Proven(AttestedMachine machine) implements AttestationStep {}

  /**
   * @param reason for the log; the machine only hears that it was refused
   */
  record Refused(String reason) implements AttestationStep {}

  /** What follows a challenge. */
  @FunctionalInterface
  interface Answered {
    AttestationStep answer(Bytes answer);
  }
}
