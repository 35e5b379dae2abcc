package dev.alts.identity.verify;

import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.verify.PeerRejectedException.Reason;

/** Step 3 of handshake.md section 2. */
final class Constraints {
  private Constraints() {}

  /** Refuses what the authority may not vouch for, and what our CA lets no foreign domain say. */
  static void require(VerificationContext context, PeerFacts facts, AuthorityConstraint authority)
      throws PeerRejectedException {
    boolean foreign = !facts.spiffeId().isMemberOf(context.ownDomain());
    if (foreign) {
      AuthorityConstraint policy =
          context
              .foreignDomainPolicy()
              .constraintFor(facts.spiffeId().trustDomain())
              .orElseThrow(() ->
                  new PeerRejectedException(
                      Reason.UNKNOWN_TRUST_DOMAIN,
                      "%s: our policy does not admit it"
                          .formatted(facts.spiffeId().trustDomain())));
      if (!permits(policy, facts)) {
        throw new PeerRejectedException(
            Reason.FOREIGN_DOMAIN_POLICY,
            "%s, a %s: our policy for its trust domain does not admit it"
                .formatted(facts.spiffeId(), facts.kind()));
      }
    }
    // A foreign document's boundary constraints are not applied: its boundaries mean nothing here.
    if (!permits(authority, facts) || (!foreign && !authority.permitsBoundary(facts.boundary()))) {
      throw new PeerRejectedException(
          Reason.AUTHORITY_CONSTRAINT,
          "%s, a %s in boundary \"%s\": beyond what its authority may vouch for"
              .formatted(facts.spiffeId(), facts.kind(), facts.boundary()));
    }
  }

  private static boolean permits(AuthorityConstraint constraint, PeerFacts facts) {
    return constraint.permitsKind(facts.kind()) && constraint.permitsPath(facts.spiffeId());
  }
}
