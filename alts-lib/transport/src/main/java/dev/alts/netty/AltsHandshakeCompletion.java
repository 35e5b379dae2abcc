package dev.alts.netty;

import dev.alts.handshake.Exporter;
import dev.alts.peer.AltsPeer;

/**
 * User event on a channel whose handshake is complete, fired before any data of the peer. A failed
 * handshake comes as an {@link AltsHandshakeException} in {@code exceptionCaught} instead.
 *
 * @param exporter keys for the application that both ends can derive; valid until the channel
 *     closes
 */
public record AltsHandshakeCompletion(AltsPeer peer, Exporter exporter) {}
