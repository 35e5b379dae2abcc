package dev.alts.identity.document;

import dev.alts.identity.x509.AuthorityCertificate;

/** A member of the trust bundle: certificate, state, and what it may vouch for. */
public record IssuingAuthority(
    AuthorityCertificate certificate, AuthorityState state, AuthorityConstraint constraint) {}
