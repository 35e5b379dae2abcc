package dev.alts.endpoint;

import dev.alts.crypto.Crypto;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.TrafficKeys;
import dev.alts.record.Direction;
import dev.alts.record.FrameProtector;
import dev.alts.record.FrameUnprotector;
import dev.alts.record.RecordOpener;
import dev.alts.record.RecordSealer;

/** Both directions of a connection whose handshake is complete. Confined to its connection. */
public record RecordLayer(FrameProtector protector, FrameUnprotector unprotector) {
  /**
   * {@return the record layer that a handshake agreed on} The keys stay the caller's.
   *
   * @param ownMaxFrameBytes what we told the peer that we accept
   */
  static RecordLayer of(
      Crypto crypto, Established established, int ownMaxFrameBytes, boolean isClient) {
    TrafficKeys keys = established.keys();
    Direction out = Direction.sentBy(isClient);
    Direction in = Direction.sentBy(!isClient);
    return new RecordLayer(
        new FrameProtector(
            RecordSealer.of(crypto, keys.recordProtocol(), keys.keyData(), out),
            established.peer().maxFrameBytes()),
        new FrameUnprotector(
            RecordOpener.of(crypto, keys.recordProtocol(), keys.keyData(), in),
            ownMaxFrameBytes,
            in));
  }
}
