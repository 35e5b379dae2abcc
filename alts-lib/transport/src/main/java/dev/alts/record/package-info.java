/**
 * The record protocols (handshake.md section 5): what a channel's bytes look like once its
 * handshake is complete.
 *
 * <p>It decides how a payload is protected, when a key is used up, and whether a received frame is
 * genuine and in its place. It must not know the handshake, Netty or gRPC. Start reading at {@link
 * dev.alts.record.RecordProtocol}; {@link dev.alts.record.FrameProtector} and {@link
 * dev.alts.record.FrameUnprotector} are the two ends.
 */
@NullMarked
package dev.alts.record;

import org.jspecify.annotations.NullMarked;
