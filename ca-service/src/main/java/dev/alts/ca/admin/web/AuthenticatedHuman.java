package dev.alts.ca.admin.web;

import dev.alts.ca.humans.HumanName;
import dev.alts.identity.SpiffeId;

/** Who makes this request, by a certificate that was verified for this very request. */
public record AuthenticatedHuman(HumanName name, SpiffeId spiffeId, boolean admin) {
  /** {@return how the audit log names this human} */
  public String auditName() {
    return spiffeId.path();
  }
}
