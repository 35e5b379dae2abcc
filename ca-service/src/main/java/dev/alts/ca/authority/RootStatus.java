package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.document.RootFingerprint;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A root of the trust domain.
 *
 * @param spki its SubjectPublicKeyInfo
 * @param keyId of its private key in our custody; null: it is not here
 */
public record RootStatus(
    UUID id,
    Bytes spki,
    @Nullable UUID keyId,
    RootState state,
    Instant preparedAt,
    @Nullable Instant activatedAt) {
  public RootFingerprint fingerprint() {
    return RootFingerprint.of(spki);
  }
}
