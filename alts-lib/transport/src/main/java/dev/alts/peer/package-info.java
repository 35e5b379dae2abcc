/**
 * What an application sees of a protected connection: who the peer is, whether to accept it, and
 * where the own credential comes from.
 *
 * <p>Everything here is an immutable value or a small interface; it knows no handshake, no record
 * protocol, no network and no gRPC. Start reading at {@link dev.alts.peer.AltsPeer}; {@link
 * dev.alts.peer.CredentialSource} feeds both ends, OpenChannels makes revocation reach what is
 * already open.
 */
@NullMarked
package dev.alts.peer;

import org.jspecify.annotations.NullMarked;
