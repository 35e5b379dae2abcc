package dev.alts.ca.issuance;

import dev.alts.identity.Bytes;
import java.security.SecureRandom;

/**
 * Names one request of one requester: asked again with the same key, the CA gives the same
 * certificate again.
 */
public record IdempotencyKey(Bytes value) {
  public static final int LENGTH = 16;

  public IdempotencyKey {
    if (value.length() != LENGTH) {
      throw new IllegalArgumentException(
          "idempotency key: %d bytes (expected: 16)".formatted(value.length()));
    }
  }

  /** {@return a key for a request that nobody will repeat} */
  public static IdempotencyKey random(SecureRandom random) {
    byte[] value = new byte[LENGTH];
    random.nextBytes(value);
    return new IdempotencyKey(Bytes.copyOf(value));
  }
}
