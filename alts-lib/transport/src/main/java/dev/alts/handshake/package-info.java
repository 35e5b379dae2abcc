/**
 * The ALTS handshake of both sides (handshake.md sections 3 to 6, 9, 11), without any input or
 * output.
 *
 * <p>It decides what to send, whether the peer is who it says and may be here, and which keys
 * follow. It must not know sockets, threads, Netty or gRPC. Start reading at {@link
 * dev.alts.handshake.Handshaker}, then {@link dev.alts.handshake.ServerHandshaker}, whose states
 * are the protocol in order.
 */
@NullMarked
package dev.alts.handshake;

import org.jspecify.annotations.NullMarked;
