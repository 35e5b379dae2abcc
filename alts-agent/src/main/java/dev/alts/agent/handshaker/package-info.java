/**
 * Does handshakes for gRPC programs that speak ALTS already, in whatever language: the {@code
 * grpc.gcp.HandshakerService} that their stacks ask (handshake.md section 12).
 *
 * <p>A program hands over what its peer sent and writes what it is given; keys of credentials never
 * leave the agent, only the key material of the one connection does. Under which identity is what
 * the kernel says of the calling process, never what a request says. What a handshake is, alts-lib
 * decides; here it is only driven, within bounds for each process. Start reading at {@link
 * dev.alts.agent.handshaker.HandshakeSession}.
 */
@NullMarked
package dev.alts.agent.handshaker;

import org.jspecify.annotations.NullMarked;
