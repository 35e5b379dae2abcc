package dev.alts.ca.federation;

import dev.alts.api.federation.v1.DomainDocuments;
import dev.alts.identity.document.InvalidDocumentException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A relationship as an operator sees it.
 *
 * @param sequence of the bundle; absent: it has none, or there is no bundle yet
 * @param trustDocumentSequence absent: the domain does not speak ALTS with us, or none yet
 * @param fetchedAt of the last success
 * @param failures in a row since then
 */
public record FederationStatus(
    Relationship relationship,
    Standing standing,
    @Nullable Long sequence,
    int authorities,
    int jwtKeys,
    @Nullable Long trustDocumentSequence,
    @Nullable Instant fetchedAt,
    Instant nextFetchAt,
    int failures,
    @Nullable String lastFailure,
    String changedBy,
    Instant changedAt) {
  /** How a relationship stands. */
  public enum Standing {
    /** The last attempt succeeded. */
    GOOD,
    /** Nothing was fetched yet. */
    WAITING,
    /** The last attempt failed; what was fetched before is still trusted. */
    FAILING,
    /** Nothing of it is trusted: the last success is longer ago than the relationship allows. */
    EXPIRED,
    /** Fetched, and empty: the domain trusts nothing of itself any more. */
    EMPTY
  }

  static FederationStatus of(ForeignDomain domain, Instant now) {
    SpiffeBundle bundle = domain.held().bundle();
    return new FederationStatus(
        domain.relationship(),
        standing(domain, now),
        bundle == null ? null : bundle.sequence(),
        bundle == null ? 0 : bundle.authorities().size(),
        bundle == null ? 0 : bundle.jwtKeys().size(),
        trustDocumentSequence(domain),
        domain.fetchedAt(),
        domain.nextFetchAt(),
        domain.failures(),
        domain.lastFailure(),
        domain.changedBy(),
        domain.changedAt());
  }

  private static Standing standing(ForeignDomain domain, Instant now) {
    SpiffeBundle bundle = domain.held().bundle();
    if (domain.fetchedAt() == null) {
      return domain.failures() > 0 ? Standing.FAILING : Standing.WAITING;
    }
    if (domain.isTooOld(now)) {
      return Standing.EXPIRED;
    }
    if (domain.failures() > 0) {
      return Standing.FAILING;
    }
    return bundle != null && bundle.authorities().isEmpty() ? Standing.EMPTY : Standing.GOOD;
  }

  private static @Nullable Long trustDocumentSequence(ForeignDomain domain) {
    DomainDocuments documents = domain.held().documents();
    if (documents == null) {
      return null;
    }
    try {
      return ForeignDocuments.trust(documents).sequence();
    } catch (InvalidDocumentException e) {
      throw new IllegalStateException("a document that was verified when it was stored", e);
    }
  }
}
