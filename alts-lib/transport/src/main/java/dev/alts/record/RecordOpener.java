package dev.alts.record;

import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.SecretBytes;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Opens the frames of one direction of one connection, in order.
 *
 * <p>A failure is for ever: after one frame that is not genuine, or at a limit, every call fails.
 * Not thread-safe; confined to the connection's event loop.
 */
public final class RecordOpener {
  /** Shortest frame body: an empty payload's tag. */
  public static final int TAG_BYTES = RecordCipher.TAG_BYTES;

  private final RecordCipher cipher;
  private final RecordSequence sequence;
  private final Staging staging = new Staging();
  private boolean failed;

  RecordOpener(RecordCipher cipher, RecordSequence sequence) {
    this.cipher = cipher;
    this.sequence = sequence;
  }

  /** {@return an opener at sequence number 0; {@code keyData} stays the caller's} */
  public static RecordOpener of(
      Crypto crypto, RecordProtocol protocol, SecretBytes keyData, Direction direction) {
    byte[] key = keyData.exposeCopy();
    try {
      return new RecordOpener(
          protocol.cipher(crypto, key), new RecordSequence(direction, protocol.limits()));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * Opens the body of one frame, that is protected payload and tag, and writes the payload; both
   * positions move. Nothing is written unless the tag is right. The buffers do not overlap and stay
   * the caller's.
   */
  public void open(ByteBuffer sealed, ByteBuffer payload) throws AltsProtocolException {
    int length = sealed.remaining();
    if (failed || length < TAG_BYTES) {
      failed = true;
      throw AltsProtocolException.inRecords("record refused: an earlier failure, or no tag");
    }
    int payloadLength = length - TAG_BYTES;
    byte[] nonce = sequence.nonceFor(payloadLength);
    // Always staged: what is not authenticated must not reach a buffer that others can see.
    byte[] opened = staging.atLeast(length);
    byte[] in = opened;
    int inOffset = 0;
    if (sealed.hasArray()) {
      in = sealed.array();
      inOffset = sealed.arrayOffset() + sealed.position();
      sealed.position(sealed.limit());
    } else {
      sealed.get(opened, 0, length);
    }
    if (!cipher.open(nonce, in, inOffset, length, opened, 0)) {
      failed = true;
      throw AltsProtocolException.inRecords("record refused: wrong tag");
    }
    sequence.advance(payloadLength);
    payload.put(opened, 0, payloadLength);
  }

  /** {@return whether the channel should be replaced soon, before a limit ends it} */
  public boolean isNearLimit() {
    return sequence.isNearLimit();
  }
}
