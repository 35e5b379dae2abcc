package dev.alts.peer;

import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRole;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * On what an open channel rests, kept so that a later revocation can end it (handshake.md section
 * 7).
 *
 * @param facts complete facts that were verified: the certificate's, or the ticket's
 * @param peerRole which end the peer is
 * @param resumed whether a ticket stood for the certificate
 * @param authenticatedAt time of the root full handshake, by the clock of the end that says so
 * @param ticketKeyCreatedAt creation of the resumption key that opened the ticket; null on clients
 *     and for full handshakes
 */
public record ChannelEvidence(
    PeerFacts facts,
    PeerRole peerRole,
    boolean resumed,
    Instant authenticatedAt,
    @Nullable Instant ticketKeyCreatedAt) {}
