package dev.alts.ca.issuance;

import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Reads the record of what was issued. */
public interface IssuedCertificates {
  /** {@return one page of what matches, newest first, or first to expire first} */
  default Page search(CertificateQuery query) {
    return search(query, LedgerScope.WHOLE);
  }

  /** {@return the same, of what is within {@code scope}} */
  Page search(CertificateQuery query, LedgerScope scope);

  /**
   * {@return the record of one certificate}
   *
   * @param serial lower-case hexadecimal
   */
  Optional<RecordedCertificate> find(String serial);

  /** {@return the record of one certificate} */
  Optional<RecordedCertificate> find(RevocationId id);

  /**
   * {@return which certificates of an identity lived at that time, as far as the ledger keeps them}
   *
   * @param machine only on this machine; empty: on any
   */
  Holding livedAt(SpiffeId identity, String machine, Instant time, int limit);

  /**
   * {@return what exists of identities, by name}
   *
   * @param prefix only identities that begin with it; empty: all
   * @param after only names behind this one; empty: from the first
   */
  default List<IdentityInventory> inventory(String prefix, String after, int limit) {
    return inventory(prefix, LedgerScope.WHOLE, after, limit);
  }

  /** {@return the same, of what is within {@code scope}} */
  List<IdentityInventory> inventory(String prefix, LedgerScope scope, String after, int limit);

  /**
   * {@return the SPIFFE IDs of this kind whose newest certificate was issued by {@code authority}
   * and has not expired} Looks at everything that has not expired: for rare acts only.
   */
  List<SpiffeId> holdersOf(UUID authority, EntityKind kind);

  /**
   * @param next cursor of the next page; empty: none
   */
  record Page(List<RecordedCertificate> items, String next) {
    public Page {
      items = List.copyOf(items);
    }
  }
}
