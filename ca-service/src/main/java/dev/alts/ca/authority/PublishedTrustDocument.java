package dev.alts.ca.authority;

import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;

/** A trust document as it is sent and as it is meant. */
public record PublishedTrustDocument(SignedDocument signed, TrustDocument parsed) {}
