package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is searched for; null asks nothing.
 *
 * @param identity complete SPIFFE ID, or a prefix that ends in {@code /*}
 * @param machine exact name
 * @param serial lower-case hexadecimal
 * @param rule name of the rule that gave it
 * @param issuedFrom issued then or later
 * @param issuedBefore issued earlier
 * @param expiresBefore expires earlier; the first to expire comes first then
 * @param revoked whether {@link #inForce()} takes it back
 * @param neverRenewed past half its life, and its machine has no newer one of the same identity
 * @param expired those that have expired as well, as far as the ledger keeps them
 * @param inForce what is revoked
 */
public record CertificateQuery(
    @Nullable String identity,
    @Nullable String machine,
    @Nullable String serial,
    @Nullable String rule,
    @Nullable Instant issuedFrom,
    @Nullable Instant issuedBefore,
    @Nullable Instant expiresBefore,
    @Nullable Boolean revoked,
    boolean neverRenewed,
    boolean expired,
    RevokedThings inForce,
    int limit,
    String after) {
  public static final int MAX_LIMIT = 1000;

  public CertificateQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException(
          "limit: %d (expected: 1 to %d)".formatted(limit, MAX_LIMIT));
    }
    if (serial != null && !serial.matches("[0-9a-f]{1,40}")) {
      throw new IllegalArgumentException("serial: (expected: up to 40 lower-case hex digits)");
    }
  }

  /**
   * {@return the question for one certificate, expired or not, and whether {@code inForce} takes
   * it}
   */
  public static CertificateQuery bySerial(String serial, RevokedThings inForce) {
    return new CertificateQuery(
        null, null, serial, null, null, null, null, null, false, true, inForce, 1, "");
  }

  /** Everything issued to {@code name} before {@code before}. */
  public record IssuedTo(String name, Instant before) {}

  /** What a revocation list takes back. */
  public record RevokedThings(
      List<Long> revocationIds,
      List<IssuedTo> subjects,
      List<IssuedTo> machines,
      List<Bytes> authorities) {
    public static final RevokedThings NONE =
        new RevokedThings(List.of(), List.of(), List.of(), List.of());

    public RevokedThings {
      revocationIds = List.copyOf(revocationIds);
      subjects = List.copyOf(subjects);
      machines = List.copyOf(machines);
      authorities = List.copyOf(authorities);
    }
  }
}
