package dev.alts.record;

import dev.alts.frame.AltsProtocolException;
import java.nio.ByteBuffer;

/**
 * Turns a stream of bytes into frames that the peer accepts. Not thread-safe; confined to the
 * connection's event loop.
 */
public final class FrameProtector {
  private final RecordSealer sealer;
  private final int payloadPerFrame;

  /**
   * @param peerMaxFrameBytes what the peer said it accepts; clamped to the range of section 5
   */
  public FrameProtector(RecordSealer sealer, int peerMaxFrameBytes) {
    this.sealer = sealer;
    // Counting the length field as well, since some peers do (record-protocol.md section 1).
    this.payloadPerFrame = MaxFrame.clamp(peerMaxFrameBytes) - RecordSealer.OVERHEAD_BYTES;
  }

  /** {@return how many bytes {@code payloadBytes} take as frames; 0 bytes make one empty frame} */
  public long protectedBytes(int payloadBytes) {
    long frames = Math.max(1, (payloadBytes + (long) payloadPerFrame - 1) / payloadPerFrame);
    return payloadBytes + frames * RecordSealer.OVERHEAD_BYTES;
  }

  /**
   * Writes frames with all of {@code payload}, one empty frame if it is empty; both positions move.
   *
   * @param out with room for {@link #protectedBytes}
   * @throws AltsProtocolException at a limit of the record protocol: what was written is complete
   *     frames
   */
  public void protect(ByteBuffer payload, ByteBuffer out) throws AltsProtocolException {
    int limit = payload.limit();
    do {
      payload.limit(payload.position() + Math.min(payloadPerFrame, limit - payload.position()));
      try {
        sealer.seal(payload, out);
      } finally {
        payload.limit(limit);
      }
    } while (payload.hasRemaining());
  }

  public boolean isNearLimit() {
    return sealer.isNearLimit();
  }
}
