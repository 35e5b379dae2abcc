package dev.alts.handshake;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.resumption.ClientTickets;

/**
 * What one client handshake is about.
 *
 * @param tickets where resumption tickets for this server come from and go to; {@link
 *     ClientTickets#none()} for no resumption
 */
public record ClientHandshakeParameters(
    CredentialSnapshot credential,
    Negotiation negotiation,
    ServerExpectation expected,
    ClientTickets tickets) {}
