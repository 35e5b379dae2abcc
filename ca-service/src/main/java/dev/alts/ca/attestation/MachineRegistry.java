package dev.alts.ca.attestation;

import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All machines that ever attested. Thread-safe; what it says holds for all replicas at once. */
public interface MachineRegistry {
  /**
   * Takes a machine in, or in again: its lineage starts anew and what it held before is worth
   * nothing.
   *
   * @return empty if it is banned
   */
  Optional<MachineAuthentication.Authenticated> admit(AttestedMachine machine, String agentVersion);

  /**
   * {@return the generation that a renewal may issue, a child of the one shown}
   *
   * <p>Empty if the machine has used a newer certificate than the one shown, was attested again or
   * is banned: whoever shows the old one then is a copy (abuse case 9).
   */
  Optional<Generation> beginRenewal(MachineAuthentication.Authenticated shown);

  /** Remembers certificates of the machine's present lineage. */
  void record(
      MachineName name, int lineage, Generation generation, List<MachineCertificate> certificates);

  /** {@return whose TLS certificate this is, by SHA-256 of its DER} */
  MachineAuthentication authenticate(Bytes certificateSha256);

  /**
   * Notes that a lineage had two users; whoever notes it first has to stop it, in the same
   * transaction.
   *
   * @return whether this is the first time, and the lineage still the machine's present one
   */
  boolean markCopied(MachineAuthentication.Copied copied);

  /** {@return machines by name} */
  List<Machine> list(Optional<MachineName> after, int limit);

  /** {@return names of all machines that have these labels} */
  List<String> labelled(Map<String, String> labels);

  Optional<Machine> find(MachineName name);

  /** {@return those that there are, without their certificates} */
  Map<MachineName, Machine> findAll(Set<MachineName> names);

  /** {@return machines that hold a certificate of their own that has not expired, none banned} */
  List<MachineName> withLiveCertificates();

  /** {@return whether there is such a machine; it will obtain nothing any more} */
  boolean ban(MachineName name, String reason);

  /** {@return whether there is such a machine; it may attest again} */
  boolean unban(MachineName name);

  /**
   * Makes everything that the machine itself holds worthless; it must attest again.
   *
   * @return whether there is such a machine
   */
  boolean expel(MachineName name);

  /** {@return the machine whose own certificate this was, which is worth nothing from now on} */
  Optional<MachineName> forget(RevocationId certificate);
}
