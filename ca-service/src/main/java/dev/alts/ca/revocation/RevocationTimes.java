package dev.alts.ca.revocation;

import java.time.Duration;

/**
 * How long entries and lists count.
 *
 * @param longestCertificate longest life of any certificate that we issue
 * @param freshFor how long a list counts as fresh; it is signed again after a third
 * @param validFor after which a list counts for nothing
 */
public record RevocationTimes(Duration longestCertificate, Duration freshFor, Duration validFor) {
  /** No policy may let a channel live longer, or it would outlive what is known about it. */
  public static final Duration LONGEST_CHANNEL = Duration.ofHours(24);

  static final Duration LONGEST_TICKET = Duration.ofHours(10);
  static final Duration SKEW = Duration.ofSeconds(60);

  public static RevocationTimes forCertificatesOf(Duration longestCertificate) {
    return new RevocationTimes(longestCertificate, Duration.ofMinutes(15), Duration.ofHours(24));
  }

  /** {@return how long after T an entry about certificates can still match something} */
  Duration certificateEntryLife() {
    return longestCertificate.plus(LONGEST_CHANNEL).plus(SKEW);
  }

  Duration resumptionEntryLife() {
    return LONGEST_TICKET.plus(LONGEST_CHANNEL).plus(SKEW);
  }
}
