package dev.alts.frame;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The eight bytes before each body, as a peer claims them: nothing in here was checked.
 *
 * @param length bytes behind the length field, so including the type; unsigned
 * @param type all 32 bits
 */
public record FrameHeader(int length, int type) {
  /** Size of a header. */
  public static final int BYTES = 8;

  /** Size of the type field, which {@code length} counts. */
  public static final int TYPE_BYTES = 4;

  /** {@return the header at the buffer's position, which moves behind it} */
  public static FrameHeader read(ByteBuffer buffer) {
    ByteOrder order = buffer.order();
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    FrameHeader header = new FrameHeader(buffer.getInt(), buffer.getInt());
    buffer.order(order);
    return header;
  }

  public boolean is(FrameType wanted) {
    return type == wanted.number();
  }

  /** {@return whether the length counts at least the type and at most {@code max} bytes} */
  public boolean hasLengthWithin(int min, int max) {
    return length >= min && length <= max;
  }

  @Override
  public String toString() {
    return "frame of type %s, length %s"
        .formatted(Integer.toUnsignedString(type), Integer.toUnsignedString(length));
  }
}
