package dev.alts.identity.verify;

import dev.alts.identity.document.RevocationList;
import dev.alts.identity.verify.PeerRejectedException.Reason;
import dev.alts.identity.x509.Validity;
import java.time.Instant;
import java.util.Optional;

/** Step 4 of handshake.md section 2, by section 7. */
final class Revocations {
  private Revocations() {}

  /** For something new: the peer is not revoked, and the list is fit to rest on. */
  static void require(VerificationContext context, PeerFacts facts, Instant now)
      throws PeerRejectedException {
    requireNotRevoked(context, facts);
    RevocationList list =
        context
            .domain(facts.spiffeId().trustDomain())
            .map(TrustedDomain::revocationList)
            .orElse(null);
    if (list == null) {
      return;
    }
    if (new Validity(list.issuedAt(), list.validUntil()).isOver(now)) {
      // Whatever the policy says about freshness: a list that ended long ago hides revocations.
      throw new PeerRejectedException(
          Reason.REVOCATION_STALE,
          "revocation list of %s ended %s".formatted(list.trustDomain(), list.validUntil()));
    }
    Validity fresh = new Validity(list.issuedAt(), list.issuedAt().plus(list.freshFor()));
    if (context.whenStale() == StaleRevocation.REFUSE_NEW && fresh.isOver(now)) {
      throw new PeerRejectedException(
          Reason.REVOCATION_STALE,
          "revocation list of %s fresh until %s".formatted(list.trustDomain(), fresh.notAfter()));
    }
  }

  static void requireNotRevoked(VerificationContext context, PeerFacts facts)
      throws PeerRejectedException {
    Optional<String> why = context.whyRevoked(facts);
    if (why.isPresent()) {
      throw new PeerRejectedException(Reason.REVOKED, why.get());
    }
  }
}
