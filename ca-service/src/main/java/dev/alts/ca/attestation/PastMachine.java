package dev.alts.ca.attestation;

import java.time.Instant;

/** What the CA knew of a machine from one attestation until the next. */
public record PastMachine(
    MachineName name,
    MachineProperties properties,
    String attestor,
    int lineage,
    Instant attestedAt) {}
