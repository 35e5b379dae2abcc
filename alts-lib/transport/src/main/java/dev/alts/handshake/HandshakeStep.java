package dev.alts.handshake;

import dev.alts.identity.Bytes;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.ChannelEvidence;

/** What the transport must do next. */
public sealed interface HandshakeStep {
  /** Nothing to write; more bytes of the peer are needed. */
  record AwaitPeer() implements HandshakeStep {}

  /** Write these complete frames, then wait for the peer. */
  record Send(Bytes flight) implements HandshakeStep {}

  /**
   * The handshake is complete and the peer authorized. Register the channel and evaluate it against
   * the current credential first (handshake.md section 7); only then write {@code lastFlight},
   * which is empty on servers, and let data through. What remains in the input buffer belongs to
   * the record protocol.
   *
   * @param evidence what a later revocation is compared with
   * @param keys owned by the receiver
   */
  record Established(Bytes lastFlight, AltsPeer peer, ChannelEvidence evidence, TrafficKeys keys)
      implements HandshakeStep {}
}
