package dev.alts.ca.federation;

import dev.alts.identity.TrustDomain;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A relationship and how it stands.
 *
 * @param version new with every act of an admin
 * @param fetchedAt of the last success; absent: there was none
 * @param failures in a row, since then
 * @param lastFailure absent: the last attempt succeeded
 */
record ForeignDomain(
    Relationship relationship,
    long version,
    String changedBy,
    Instant changedAt,
    Fetched held,
    @Nullable Instant fetchedAt,
    Instant nextFetchAt,
    int failures,
    @Nullable String lastFailure) {
  TrustDomain name() {
    return relationship.domain();
  }

  /** {@return whether it was fetched too long ago to be trusted} */
  boolean isTooOld(Instant now) {
    Duration maxAge = relationship.acceptance().maxAge();
    return fetchedAt == null || now.isAfter(fetchedAt.plus(maxAge));
  }
}
