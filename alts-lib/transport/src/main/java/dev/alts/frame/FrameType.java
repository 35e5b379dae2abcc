package dev.alts.frame;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import dev.alts.identity.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** What a frame carries, and how long it may be (handshake.md section 1). */
public enum FrameType {
  CLIENT_INIT(1, 32 * 1024),
  SERVER_INIT(2, 2 * 1024),
  SERVER_FINISHED(3, 32 * 1024),
  CLIENT_FINISHED(4, 128),
  ALERT(5, FrameHeader.TYPE_BYTES + 1),
  RECORD(6, 1024 * 1024);

  private final int number;
  private final int maxLength;

  FrameType(int number, int maxLength) {
    this.number = number;
    this.maxLength = maxLength;
  }

  public int number() {
    return number;
  }

  /** {@return the largest length field; a record's is negotiated below that} */
  public int maxLength() {
    return maxLength;
  }

  /** {@return the complete frame around {@code body}} */
  public byte[] encode(byte[] body) {
    return ByteBuffer.allocate(FrameHeader.BYTES + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(FrameHeader.TYPE_BYTES + body.length)
        .putInt(number)
        .put(body)
        .array();
  }

  /** {@return the complete frame around {@code message}} */
  public Bytes encode(MessageLite message) {
    int size = message.getSerializedSize();
    byte[] frame = new byte[FrameHeader.BYTES + size];
    ByteBuffer.wrap(frame)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(FrameHeader.TYPE_BYTES + size)
        .putInt(number);
    try {
      CodedOutputStream out = CodedOutputStream.newInstance(frame, FrameHeader.BYTES, size);
      message.writeTo(out);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new AssertionError("a message has the size that it says", e);
    }
    return Bytes.adopt(frame);
  }

  /** {@return the type with this number, all 32 bits of it, or empty} */
  public static Optional<FrameType> ofNumber(int number) {
    for (FrameType type : values()) {
      if (type.number == number) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
