package dev.alts.ca.issuance;

import dev.alts.identity.EntityKind;

/**
 * What kinds of certificate there are. A master signs handshake certificates and its key stays
 * where it was made; every other certificate must not delegate (handshake.md section 2).
 */
public enum CertificateProfile {
  MACHINE_MASTER(EntityKind.MACHINE, true),
  MACHINE_TLS(EntityKind.MACHINE, false),
  WORKLOAD_MASTER(EntityKind.WORKLOAD, true),
  /** Handed out with its key by Workload API, SDS or files. */
  WORKLOAD_HANDED_OUT(EntityKind.WORKLOAD, false),
  HUMAN_MASTER(EntityKind.HUMAN, true),
  HUMAN_TLS(EntityKind.HUMAN, false),
  /** The CA's own ports. */
  CA_TLS(EntityKind.MACHINE, false);

  private final EntityKind kind;
  private final boolean mayDelegate;

  CertificateProfile(EntityKind kind, boolean mayDelegate) {
    this.kind = kind;
    this.mayDelegate = mayDelegate;
  }

  public EntityKind kind() {
    return kind;
  }

  public boolean mayDelegate() {
    return mayDelegate;
  }
}
