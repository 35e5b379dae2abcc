/**
 * The way into the library: credentials for gRPC channels and servers.
 *
 * <p>By default everything comes from the agent on this machine. What a peer is allowed to be is
 * said with {@link dev.alts.peer.PeerAuthorizer}; who it was is read from {@link
 * dev.alts.grpc.AltsContextKeys}. These types know nothing of handshakes and records.
 */
@NullMarked
package dev.alts;

import org.jspecify.annotations.NullMarked;
