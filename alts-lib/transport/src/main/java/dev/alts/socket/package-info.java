/**
 * ALTS for those without gRPC and without Netty: a blocking socket.
 *
 * <p>It moves bytes between streams and the handshake and record layers, says how a connection
 * ended and hides how it is protected. It decides nothing about identity. Start reading at {@link
 * dev.alts.socket.AltsSocket}.
 */
@NullMarked
package dev.alts.socket;

import org.jspecify.annotations.NullMarked;
