package dev.alts.handshake;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.PeerAuthorizer;

/**
 * What one server handshake is about.
 *
 * @param permit asked before each piece of public-key work, see {@link HandshakeBudget}
 */
public record ServerHandshakeParameters(
    CredentialSnapshot credential,
    Negotiation negotiation,
    PeerAuthorizer authorizer,
    WorkPermit permit) {}
