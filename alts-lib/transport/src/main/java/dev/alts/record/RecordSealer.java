package dev.alts.record;

import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameHeader;
import dev.alts.frame.FrameType;
import dev.alts.identity.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Seals the frames of one direction of one connection.
 *
 * <p>Frames get consecutive sequence numbers. At the limit of its protocol every further call
 * fails, since continuing would repeat a nonce. Not thread-safe; confined to the connection's event
 * loop.
 */
public final class RecordSealer {
  /** What a frame adds to its payload: header and tag. */
  public static final int OVERHEAD_BYTES = FrameHeader.BYTES + RecordCipher.TAG_BYTES;

  private final RecordCipher cipher;
  private final RecordSequence sequence;
  private final Staging staging = new Staging();

  RecordSealer(RecordCipher cipher, RecordSequence sequence) {
    this.cipher = cipher;
    this.sequence = sequence;
  }

  /** {@return a sealer at sequence number 0; {@code keyData} stays the caller's} */
  public static RecordSealer of(
      Crypto crypto, RecordProtocol protocol, SecretBytes keyData, Direction direction) {
    byte[] key = keyData.exposeCopy();
    try {
      return new RecordSealer(
          protocol.cipher(crypto, key), new RecordSequence(direction, protocol.limits()));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Writes one complete frame with the whole of {@code payload}; both positions move. The buffers
   * do not overlap and stay the caller's.
   *
   * @throws AltsProtocolException at a limit of the record protocol: the channel must be replaced
   */
  public void seal(ByteBuffer payload, ByteBuffer frame) throws AltsProtocolException {
    int length = payload.remaining();
    byte[] nonce = sequence.nonceFor(length);
    int sealedLength = length + RecordCipher.TAG_BYTES;
    frame
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(FrameHeader.TYPE_BYTES + sealedLength)
        .putInt(FrameType.RECORD.number());
    // Ciphers work on arrays: several times faster than on direct buffers, even with the copies.
    byte[] out = frame.hasArray() ? frame.array() : staging.atLeast(sealedLength);
    int outOffset = frame.hasArray() ? frame.arrayOffset() + frame.position() : 0;
    if (payload.hasArray()) {
      int inOffset = payload.arrayOffset() + payload.position();
      cipher.seal(nonce, payload.array(), inOffset, length, out, outOffset);
      payload.position(payload.limit());
    } else {
      payload.get(out, outOffset, length);
      cipher.seal(nonce, out, outOffset, length, out, outOffset);
    }
    sequence.advance(length);
    if (frame.hasArray()) {
      frame.position(frame.position() + sealedLength);
    } else {
      frame.put(out, 0, sealedLength);
    }
  }

  /** {@return whether the channel should be replaced soon, before a limit ends it} */
  public boolean isNearLimit() {
    return sequence.isNearLimit();
  }
}
