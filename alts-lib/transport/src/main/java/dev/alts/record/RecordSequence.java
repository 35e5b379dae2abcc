package dev.alts.record;

import dev.alts.frame.AltsProtocolException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Counts the frames of one direction and gives each its nonce (record-protocol.md section 2):
 * little-endian from 0, with bit 0x80 of byte 11 for what the server sends.
 *
 * <p>Exhaustion is for ever: going on would repeat a nonce. Not thread-safe.
 */
final class RecordSequence {
  private static final int NONCE_BYTES = 12;
  private static final int DIRECTION_BIT = 0x80;

  private final RecordLimits limits;
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final ByteBuffer nonceView = ByteBuffer.wrap(nonce).order(ByteOrder.LITTLE_ENDIAN);
  private long counter;
  private long payloadBytes;
  private boolean exhausted;

  RecordSequence(Direction direction, RecordLimits limits) {
    this(direction, limits, 0, 0);
  }

  /** A sequence that has already come some way. */
  RecordSequence(Direction direction, RecordLimits limits, long counter, long payloadBytes) {
    this.limits = limits;
    this.counter = counter;
    this.payloadBytes = payloadBytes;
    if (direction == Direction.SERVER_TO_CLIENT) {
      nonce[NONCE_BYTES - 1] = (byte) DIRECTION_BIT;
    }
  }

  /**
   * {@return the nonce of the next frame, valid until {@link #advance}}
   *
   * @throws AltsProtocolException if the frame would cross a limit, now and ever after
   */
  byte[] nonceFor(int payloadLength) throws AltsProtocolException {
    boolean overLimit =
        Long.compareUnsigned(counter, limits.lastCounter()) > 0
            || (limits.payloadBytes() >= 0 && payloadLength > limits.payloadBytes() - payloadBytes);
    if (exhausted || overLimit) {
      exhausted = true;
      throw AltsProtocolException.inRecords("limit of this record protocol reached: new channel");
    }
    nonceView.putLong(0, counter);
    return nonce;
  }

  /** Counts the frame whose nonce was used. */
  void advance(int payloadLength) {
    payloadBytes += payloadLength;
    if (counter == limits.lastCounter()) {
      // Not counter + 1: after 2^64 - 1 that would be the first nonce again.
      exhausted = true;
      return;
    }
    counter++;
  }

  /** {@return whether less than a sixteenth of what the key material may carry is left} */
  boolean isNearLimit() {
    long framesLeft = limits.lastCounter() - counter;
    boolean fewFrames =
        Long.compareUnsigned(framesLeft, Long.divideUnsigned(limits.lastCounter(), 16)) < 0;
    boolean fewBytes =
        limits.payloadBytes() >= 0
            && limits.payloadBytes() - payloadBytes < limits.payloadBytes() / 16;
    return exhausted || fewFrames || fewBytes;
  }
}
