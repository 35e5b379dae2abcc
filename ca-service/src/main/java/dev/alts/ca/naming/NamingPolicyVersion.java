package dev.alts.ca.naming;

import dev.alts.identity.document.NamingPolicy;
import dev.alts.wire.handshake.v1.SignedDocument;

/** A version of the naming policy, as it is and as it was signed. */
public record NamingPolicyVersion(
    NamingPolicy policy, SignedDocument document, String author, String reason) {}
