package dev.alts.ca.rotation;

import dev.alts.identity.Bytes;
import java.util.Set;

/**
 * What an agent says that it holds.
 *
 * @param sequence of its trust document
 * @param authorityKeyIds of the authorities of its certificates
 */
public record Holding(long sequence, Set<Bytes> authorityKeyIds) {
  public static final int MAX_AUTHORITIES = 64;
  private static final int MAX_KEY_ID_BYTES = 64;

  public Holding {
    authorityKeyIds = Set.copyOf(authorityKeyIds);
    if (sequence < 1) {
      throw new IllegalArgumentException(
          "trust document sequence: %d (expected: from 1 on)".formatted(sequence));
    }
    if (authorityKeyIds.size() > MAX_AUTHORITIES) {
      throw new IllegalArgumentException(
          "authorities: %d (expected: at most %d)"
              .formatted(authorityKeyIds.size(), MAX_AUTHORITIES));
    }
    for (Bytes id : authorityKeyIds) {
      if (id.isEmpty() || id.length() > MAX_KEY_ID_BYTES) {
        throw new IllegalArgumentException(
            "authority key id: %d bytes (expected: 1 to %d)"
                .formatted(id.length(), MAX_KEY_ID_BYTES));
      }
    }
  }
}
