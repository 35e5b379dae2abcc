package dev.alts.ca.authority;

import dev.alts.identity.document.AuthorityState;
import java.util.Optional;

/** The states of an issuing authority in the database: those of the trust document and the end. */
public enum AuthorityLife {
  /** Made for documents that are signed ahead; in none that is published. */
  PLANNED,
  PREPARED,
  ACTIVE,
  RETIRED,
  TAINTED,
  REVOKED;

  /** {@return the state in the trust document; empty: it is not a member any more} */
  Optional<AuthorityState> published() {
    return switch (this) {
      case PLANNED -> Optional.empty();
      case PREPARED -> Optional.of(AuthorityState.PREPARED);
      case ACTIVE -> Optional.of(AuthorityState.ACTIVE);
      case RETIRED -> Optional.of(AuthorityState.RETIRED);
      case TAINTED -> Optional.of(AuthorityState.TAINTED);
      case REVOKED -> Optional.empty();
    };
  }
}
