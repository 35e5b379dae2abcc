package dev.alts.frame;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Cuts handshake frames out of bytes that arrive split anywhere.
 *
 * <p>A header is judged as soon as its eight bytes are there, and memory grows with the bytes
 * received, never by the length that a peer claims. Not thread-safe.
 */
public final class FrameReader {
  private static final int FIRST_ALLOCATION = 512;

  private byte[] received = new byte[FrameHeader.BYTES];
  private int count;
  private int wanted = FrameHeader.BYTES;
  private @Nullable FrameType type;

  /**
   * Consumes bytes of at most one frame.
   *
   * @param expected the type whose turn it is; an alert may always replace it
   * @return the frame once it is complete, else null: {@code in} is then used up
   * @throws AltsProtocolException BAD_MESSAGE for a frame out of turn or of a length it may not
   *     have; or the peer's alert
   */
  public @Nullable Frame read(ByteBuffer in, FrameType expected) throws AltsProtocolException {
    if (type == null) {
      take(in);
      if (count < FrameHeader.BYTES) {
        return null;
      }
      FrameHeader header = FrameHeader.read(ByteBuffer.wrap(received));
      type = requireAllowed(header, expected);
      wanted = FrameHeader.BYTES - FrameHeader.TYPE_BYTES + header.length();
      reserve(in.remaining());
    }
    take(in);
    if (count < wanted) {
      return null;
    }
    Frame frame =
        Frame.adopt(type, received.length == count ? received : Arrays.copyOf(received, count));
    boolean isAlert = type == FrameType.ALERT;
    reset();
    if (isAlert) {
      throw AltsProtocolException.receivedAlert(frame.body().byteAt(0) & 0xff);
    }
    return frame;
  }

  private static FrameType requireAllowed(FrameHeader header, FrameType expected)
      throws AltsProtocolException {
    FrameType allowed = header.is(FrameType.ALERT) ? FrameType.ALERT : expected;
    if (!header.is(allowed)) {
      throw new AltsProtocolException(
          Alert.BAD_MESSAGE, "%s (expected: %s)".formatted(header, expected));
    }
    int min = FrameHeader.TYPE_BYTES + (allowed == FrameType.ALERT ? 1 : 0);
    if (!header.hasLengthWithin(min, allowed.maxLength())) {
      throw new AltsProtocolException(
          Alert.BAD_MESSAGE,
          "%s (expected: length %d to %d)".formatted(header, min, allowed.maxLength()));
    }
    return allowed;
  }

  /** A frame that has arrived whole gets an array of its size, which it keeps. */
  private void reserve(int arrived) {
    int room = Math.max(FIRST_ALLOCATION, count + arrived);
    received = Arrays.copyOf(received, Math.min(wanted, room));
  }

  private void take(ByteBuffer in) {
    int taken = Math.min(in.remaining(), wanted - count);
    if (count + taken > received.length) {
      int doubled = Math.min(wanted, 2 * received.length);
      received = Arrays.copyOf(received, Math.max(count + taken, doubled));
    }
    in.get(received, count, taken);
    count += taken;
  }

  private void reset() {
    received = new byte[FrameHeader.BYTES];
    count = 0;
    wanted = FrameHeader.BYTES;
    type = null;
  }
}
