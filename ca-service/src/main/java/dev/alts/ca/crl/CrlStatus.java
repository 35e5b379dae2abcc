package dev.alts.ca.crl;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import java.time.Instant;
import java.util.Optional;

/**
 * Where the list of one authority stands.
 *
 * @param signable whether the authority's certificate says that it signs lists; those that were
 *     made before it did do not, and OpenSSL takes no list of theirs
 * @param revoked how many certificates of it are revoked now
 * @param list the one in force; empty: there is none yet
 */
public record CrlStatus(
    Bytes authoritySpkiSha256,
    EntityKind kind,
    boolean signable,
    long revoked,
    Optional<Listed> list) {
  /** A list without its bytes. */
  public record Listed(
      long number, int entries, int bytes, Instant thisUpdate, Instant nextUpdate) {}

  /** {@return whether there are more revoked certificates than a list may have} */
  public boolean isTooLong() {
    return revoked > Crls.MAX_ENTRIES;
  }
}
