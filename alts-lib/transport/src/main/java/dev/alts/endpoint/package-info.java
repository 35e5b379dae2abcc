/**
 * One end of ALTS connections: what all connections of one client or one server share, and what
 * happens to a connection when the credential changes.
 *
 * <p>It decides which credential a handshake uses, keeps tickets, budgets and the register of open
 * channels, and knows neither sockets nor Netty nor gRPC: those drive the handshakers that it
 * makes. Start reading at {@link dev.alts.endpoint.ClientEndpoint}.
 */
@NullMarked
package dev.alts.endpoint;

import org.jspecify.annotations.NullMarked;
