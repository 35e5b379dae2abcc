package dev.alts.identity.verify;

import dev.alts.identity.EntityKind;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuthorityConstraint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What our own CA lets foreign trust domains vouch for (handshake.md section 2). A domain without
 * entry is not accepted; an entry without kinds admits workloads only. Boundaries in an entry mean
 * nothing, as what a foreign domain states of them is treated as empty.
 */
public record ForeignDomainPolicy(Map<TrustDomain, AuthorityConstraint> domains) {
  public ForeignDomainPolicy {
    domains = Map.copyOf(domains);
  }

  /** {@return the policy that accepts no foreign trust domain} */
  public static ForeignDomainPolicy none() {
    return new ForeignDomainPolicy(Map.of());
  }

  /** {@return what this domain may vouch for, or empty if it is not accepted} */
  public Optional<AuthorityConstraint> constraintFor(TrustDomain domain) {
    return Optional.ofNullable(domains.get(domain))
        .map(stated ->
            new AuthorityConstraint(
                stated.kinds().isEmpty() ? Set.of(EntityKind.WORKLOAD) : stated.kinds(),
                stated.pathPrefixes(),
                List.of()));
  }
}
