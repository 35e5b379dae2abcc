package dev.alts.ca.admin.web;

import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.Rights;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.time.Instant;

/**
 * Who makes this request, by a certificate that was verified for this very request.
 *
 * @param rights what stood in the table for this very request
 * @param notAfter end of that certificate
 * @param authority SHA-256 of the key of the authority that issued it
 */
public record AuthenticatedHuman(
    HumanName name, SpiffeId spiffeId, Rights rights, Instant notAfter, Bytes authority) {
  /** {@return how the audit log names this human} */
  public String auditName() {
    return name.auditName();
  }
}
