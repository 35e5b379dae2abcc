package dev.alts.peer;

import dev.alts.identity.SecretBytes;
import java.time.Instant;

/**
 * Key that seals and opens resumption tickets of one identity in one boundary (handshake.md section
 * 2). Held by every replica of that identity. Does not print its secret; the snapshot that holds it
 * owns it.
 */
public final class ResumptionKey {
  private final SecretBytes key;
  private final int generation;
  private final Instant createdAt;
  private final Instant sealsUntil;
  private final Instant opensUntil;

  /** Takes ownership of {@code key}, 32 bytes. */
  public ResumptionKey(
      SecretBytes key, int generation, Instant createdAt, Instant sealsUntil, Instant opensUntil) {
    if (key.length() != 32) {
      throw new IllegalArgumentException(
          "resumption key: %d bytes (expected: 32)".formatted(key.length()));
    }
    this.key = key;
    this.generation = generation;
    this.createdAt = createdAt;
    this.sealsUntil = sealsUntil;
    this.opensUntil = opensUntil;
  }

  /** {@return the secret, which stays owned by this object} */
  public SecretBytes key() {
    return key;
  }

  public int generation() {
    return generation;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public boolean mayOpenAt(Instant now) {
    return !now.isAfter(opensUntil);
  }

  public boolean maySealAt(Instant now) {
    return !now.isBefore(createdAt) && !now.isAfter(sealsUntil) && mayOpenAt(now);
  }

  public Instant opensUntil() {
    return opensUntil;
  }

  @Override
  public String toString() {
    return "ResumptionKey[generation=%d, createdAt=%s, opensUntil=%s, redacted]"
        .formatted(generation, createdAt, opensUntil);
  }
}
