package dev.alts.identity;

/**
 * Lower-case DNS-like name under which a set of authorities vouches for entities (SPIFFE-ID.md
 * 2.1): 1 to 255 of a-z, 0-9, '.', '-', '_'.
 */
public record TrustDomain(String name) {
  static final int MAX_LENGTH = 255;

  public TrustDomain {
    if (name.isEmpty()
        || name.length() > MAX_LENGTH
        || !name.chars().allMatch(TrustDomain::isAllowed)) {
      throw new IllegalArgumentException(
          "trust domain: \"%s\" (expected: 1 to 255 of a-z, 0-9, '.', '-', '_')".formatted(name));
    }
  }

  /** {@return the SPIFFE ID of the trust domain itself, without a path} */
  public SpiffeId id() {
    return SpiffeId.of(this, "");
  }

  @Override
  public String toString() {
    return name;
  }

  static boolean isAllowed(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  }
}
