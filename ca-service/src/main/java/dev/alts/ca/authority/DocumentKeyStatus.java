package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.document.DocumentType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key of the trust document that signs documents of one type.
 *
 * @param activatedAt when it began to sign; null if it does not yet, or did from the first start on
 */
public record DocumentKeyStatus(
    DocumentType type,
    Bytes spki,
    DocumentKeyState state,
    Instant createdAt,
    @Nullable Instant activatedAt) {}
