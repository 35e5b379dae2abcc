package dev.alts.ca.federation;

import dev.alts.identity.x509.AuthorityCertificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a trust domain says of itself to SPIFFE (SPIFFE_Trust_Domain_and_Bundle.md), as far as it is
 * understood here.
 *
 * @param sequence absent: the domain counts none
 * @param refreshHint absent: the domain gives none
 * @param authorities none: nothing of the domain is trusted in TLS any more
 */
record SpiffeBundle(
    @Nullable Long sequence,
    @Nullable Duration refreshHint,
    List<AuthorityCertificate> authorities,
    List<JwtVerificationKey> jwtKeys) {
  SpiffeBundle {
    authorities = List.copyOf(authorities);
    jwtKeys = List.copyOf(jwtKeys);
  }

  /** {@return whether both trust the same, in whatever order} */
  boolean trustsTheSameAs(SpiffeBundle other) {
    return new HashSet<>(authorities).equals(new HashSet<>(other.authorities))
        && new HashSet<>(jwtKeys).equals(new HashSet<>(other.jwtKeys));
  }

  /** Refuses to follow {@code held}: a sequence never goes back, and stands for one content. */
  void requireFollows(SpiffeBundle held) throws InvalidBundleException {
    Long before = held.sequence;
    if (before == null) {
      return;
    }
    if (sequence == null) {
      throw new InvalidBundleException(
          "bundle: no sequence (expected: at least %d, which is held)".formatted(before));
    }
    if (sequence < before) {
      throw new InvalidBundleException(
          "bundle: sequence %d (expected: at least %d, which is held)".formatted(sequence, before));
    }
    if (sequence.equals(before) && !trustsTheSameAs(held)) {
      throw new InvalidBundleException(
          "bundle: sequence %d with other keys than are held of it (expected: a higher one)"
              .formatted(sequence));
    }
  }
}
