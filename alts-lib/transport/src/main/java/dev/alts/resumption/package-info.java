/**
 * Resumption (handshake.md section 6): tickets that a server seals for itself and its replicas, and
 * the client's cache of them.
 *
 * <p>It decides whether a ticket can be opened and what it says; whether its peer may still resume
 * is the handshake's decision. It must not know messages on the wire, Netty or gRPC. Start reading
 * at {@link dev.alts.resumption.TicketKeyRing} for servers and {@link
 * dev.alts.resumption.ResumptionCache} for clients.
 */
@NullMarked
package dev.alts.resumption;

import org.jspecify.annotations.NullMarked;
