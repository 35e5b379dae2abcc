package dev.alts.ca.attestation;

/**
 * What an attestor proved.
 *
 * @param evidence which proof it was, for the audit log; never a secret
 */
public record AttestedMachine(
    MachineName name, MachineProperties properties, String attestor, String evidence) {}
