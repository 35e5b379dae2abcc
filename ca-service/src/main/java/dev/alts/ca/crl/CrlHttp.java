package dev.alts.ca.crl;

import java.time.Duration;

/** How a list is named and kept by caches, on whichever port. */
public final class CrlHttp {
  /** RFC 5280 4.2.1.13, registered by RFC 2585. */
  public static final String CONTENT_TYPE = "application/pkix-crl";

  /** How much later a cache may show a revocation than the CA does. */
  public static final Duration MAX_AGE = Duration.ofMinutes(5);

  private CrlHttp() {}

  /** {@return what changes with each list of an authority} */
  public static String entityTag(PublishedCrl list) {
    return "\"%d\"".formatted(list.number());
  }
}
