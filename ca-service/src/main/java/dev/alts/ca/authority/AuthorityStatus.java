package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where an issuing authority stands, for those who decide about its next step.
 *
 * @param slot null once it has left both
 * @param spkiSha256 what revocation lists and people call it
 * @param keyIdentifier its subject key identifier, as certificates of it name it
 * @param retiredAt when it signed for the last time; null: it still does, or has yet to begin
 */
public record AuthorityStatus(
    UUID id,
    EntityKind kind,
    @Nullable AuthoritySlot slot,
    AuthorityLife life,
    Bytes spkiSha256,
    Bytes keyIdentifier,
    Instant notBefore,
    Instant notAfter,
    Instant preparedAt,
    @Nullable Instant activatedAt,
    @Nullable Instant retiredAt,
    @Nullable Instant taintedAt) {}
