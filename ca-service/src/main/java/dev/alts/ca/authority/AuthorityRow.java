package dev.alts.ca.authority;

import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.x509.AuthorityCertificate;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An issuing authority as the database has it.
 *
 * @param slot null once it has left both
 */
record AuthorityRow(
    UUID id,
    UUID keyId,
    EntityKind kind,
    @Nullable AuthoritySlot slot,
    AuthorityLife life,
    AuthorityCertificate certificate,
    AuthorityConstraint constraint) {
  AuthorityRow moved(@Nullable AuthoritySlot to, AuthorityLife next) {
    return new AuthorityRow(id, keyId, kind, to, next, certificate, constraint);
  }
}
