package dev.alts.ca.revocation;

import dev.alts.wire.handshake.v1.RevocationEntry;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An entry of the list in force, with what the list does not say.
 *
 * @param author who decided
 * @param reason why, in words
 */
public record RecordedRevocation(
    UUID id,
    RevocationEntry entry,
    ReasonCode code,
    String author,
    String reason,
    Instant createdAt) {
  /** Where a page ended. */
  public record Position(Instant createdAt, UUID id) {}

  public Position position() {
    return new Position(createdAt, id);
  }

  public RevocationTarget target() {
    return RevocationEntries.target(entry);
  }

  /** {@return T: only what is older is void; empty: whatever its age} */
  public Optional<Instant> before() {
    return RevocationEntries.before(entry);
  }

  public Instant dropAfter() {
    return Instant.ofEpochSecond(entry.getDropAfter());
  }
}
