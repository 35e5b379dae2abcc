package dev.alts.identity;

/**
 * Name of an entity: {@code spiffe://trust-domain/path} (SPIFFE-ID.md 2). At most 2,048 bytes; path
 * segments are not empty, not {@code .} or {@code ..}, and of letters, digits, '.', '-', '_' only,
 * so nothing is ever decoded or normalised. The path is empty for the trust domain itself, else
 * starts with a slash.
 */
public record SpiffeId(TrustDomain trustDomain, String path) {
  /** Longest SPIFFE ID that is accepted, in bytes. */
  public static final int MAX_LENGTH = 2048;

  private static final String SCHEME = "spiffe://";

  public SpiffeId {
    requirePath(path);
    if (SCHEME.length() + trustDomain.name().length() + path.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("SPIFFE ID: longer than 2048 bytes");
    }
  }

  public static SpiffeId of(TrustDomain trustDomain, String path) {
    return new SpiffeId(trustDomain, path);
  }

  /**
   * {@return the SPIFFE ID that {@code text} is, exactly}
   *
   * @throws IllegalArgumentException if it is none; the message says why
   */
  public static SpiffeId parse(String text) {
    if (!text.startsWith(SCHEME)) {
      throw new IllegalArgumentException(
          "SPIFFE ID: \"%s\" (expected: lower-case scheme spiffe://)".formatted(shortened(text)));
    }
    int slash = text.indexOf('/', SCHEME.length());
    String domain =
        slash < 0 ? text.substring(SCHEME.length()) : text.substring(SCHEME.length(), slash);
    return new SpiffeId(new TrustDomain(domain), slash < 0 ? "" : text.substring(slash));
  }

  /** {@return whether this is an ID of {@code domain}} */
  public boolean isMemberOf(TrustDomain domain) {
    return trustDomain.equals(domain);
  }

  /**
   * {@return whether the path lies under {@code prefix}, by whole segments}
   *
   * @param prefix without a trailing slash; the empty one is a prefix of every path
   */
  public boolean hasPathPrefix(String prefix) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length()
            || prefix.isEmpty()
            || path.charAt(prefix.length()) == '/');
  }

  @Override
  public String toString() {
    return SCHEME + trustDomain.name() + path;
  }

  /**
   * Refuses what is not the path of a SPIFFE ID; the empty path is one.
   *
   * @throws IllegalArgumentException with the reason
   */
  public static void requirePath(String path) {
    if (path.isEmpty()) {
      return;
    }
    if (path.charAt(0) != '/') {
      throw new IllegalArgumentException(
          "SPIFFE ID path: \"%s\" (expected: a leading slash)".formatted(shortened(path)));
    }
    for (String segment : path.substring(1).split("/", -1)) {
      if (segment.isEmpty()) {
        throw new IllegalArgumentException(
            "SPIFFE ID path: \"%s\" (expected: no empty segment, no trailing slash)"
                .formatted(shortened(path)));
      }
      if (segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException(
            "SPIFFE ID path: \"%s\" (expected: no '.' or '..' segment)".formatted(shortened(path)));
      }
      if (!segment.chars().allMatch(SpiffeId::isAllowedInPath)) {
        throw new IllegalArgumentException(
            "SPIFFE ID path: \"%s\" (expected: letters, digits, '.', '-', '_')"
                .formatted(shortened(path)));
      }
    }
  }

  private static boolean isAllowedInPath(int c) {
    return TrustDomain.isAllowed(c) || (c >= 'A' && c <= 'Z');
  }

  private static String shortened(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }
}
