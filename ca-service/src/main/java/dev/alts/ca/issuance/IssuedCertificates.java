package dev.alts.ca.issuance;

import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import java.util.List;
import java.util.UUID;

/** Reads the record of what was issued. */
public interface IssuedCertificates {
  /** {@return newest first, only what has not expired} */
  Page search(Query query);

  /**
   * {@return the SPIFFE IDs of this kind whose newest certificate was issued by {@code authority}
   * and has not expired} Looks at everything that has not expired: for rare acts only.
   */
  List<SpiffeId> holdersOf(UUID authority, EntityKind kind);

  /**
   * @param machine exact name; empty: any
   * @param identity complete SPIFFE ID; empty: any
   * @param after cursor of the previous page; empty: from the newest
   */
  record Query(String machine, String identity, int limit, String after) {
    public static final int MAX_LIMIT = 1000;

    public Query {
      if (limit < 1 || limit > MAX_LIMIT) {
        throw new IllegalArgumentException(
            "limit: %d (expected: 1 to %d)".formatted(limit, MAX_LIMIT));
      }
    }
  }

  /**
   * @param next cursor of the next page; empty: none
   */
  record Page(List<RecordedCertificate> items, String next) {
    public Page {
      items = List.copyOf(items);
    }
  }
}
