package dev.alts.ca.admin.web;

import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.Rights;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who makes this request, by a certificate that was verified for this very request.
 *
 * @param rights what stood in the table for this very request
 * @param notAfter end of that certificate
 * @param approvedBy the second admin of an act that takes two; null: none
 * @param authority SHA-256 of the key of the authority that issued it
 */
public record AuthenticatedHuman(
    HumanName name,
    SpiffeId spiffeId,
    Rights rights,
    Instant notAfter,
    @Nullable Bytes authority,
    @Nullable HumanName approvedBy) {
  /** {@return how the audit log names this human} */
  public String auditName() {
    return approvedBy == null
        ? name.auditName()
        : "%s, approved by %s".formatted(name.auditName(), approvedBy.auditName());
  }

  /**
   * {@return the human who asked for what this one approves}
   *
   * @param rights what the asking one has now
   */
  public AuthenticatedHuman approving(HumanName asking, Rights rights) {
    return new AuthenticatedHuman(
        asking, asking.spiffeId(spiffeId.trustDomain()), rights, notAfter, null, name);
  }
}
