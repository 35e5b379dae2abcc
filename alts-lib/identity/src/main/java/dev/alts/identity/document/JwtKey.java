package dev.alts.identity.document;

import dev.alts.identity.Bytes;
import java.time.Instant;

/** A key that signs JWT-SVIDs of the trust domain. */
public record JwtKey(String keyId, Bytes spki, Instant expiresAt, AuthorityState state) {
  public JwtKey {
    if (keyId.isEmpty() || keyId.length() > 255) {
      throw new IllegalArgumentException("JWT key ID: (expected: 1 to 255 characters)");
    }
  }
}
