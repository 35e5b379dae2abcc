/**
 * ALTS on a Netty channel: the only package of the library that sees a {@code ByteBuf}.
 *
 * <p>It moves bytes between a channel and the handshake and record layers, keeps deadlines and
 * budgets, and owns every buffer that it takes. It decides nothing about identity, and it does not
 * know gRPC. Start reading at {@link dev.alts.netty.AltsHandshakeHandler}, which becomes an {@link
 * dev.alts.netty.AltsFrameHandler} when the peer is known.
 */
@NullMarked
package dev.alts.netty;

import org.jspecify.annotations.NullMarked;
