package dev.alts.crypto;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * What is sealed never shows its length: LE32 length, message, zeros to a multiple of 512
 * (handshake.md section 11).
 */
public final class PaddedMessage {
  private static final int BLOCK_BYTES = 512;

  private PaddedMessage() {}

  /**
   * {@return the message padded to the smallest multiple, which the caller wipes if it is secret}
   */
  public static byte[] pad(byte[] message) {
    int blocks = (Integer.BYTES + message.length + BLOCK_BYTES - 1) / BLOCK_BYTES;
    return ByteBuffer.allocate(blocks * BLOCK_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(message.length)
        .put(message)
        .array();
  }

  /** {@return whether something of this length, tag included, can be a sealed padded message} */
  public static boolean isSealedLength(int length) {
    int plaintext = length - AesGcm.TAG_BYTES;
    return plaintext > 0 && plaintext % BLOCK_BYTES == 0;
  }

  /** {@return the message, or empty if its length or its filling is not as it must be} */
  public static Optional<byte[]> unpad(byte[] padded) {
    ByteBuffer buffer = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN);
    int length = buffer.getInt();
    if (length < 0 || length > buffer.remaining()) {
      return Optional.empty();
    }
    byte[] message = new byte[length];
    buffer.get(message);
    while (buffer.hasRemaining()) {
      if (buffer.get() != 0) {
        return Optional.empty();
      }
    }
    return Optional.of(message);
  }
}
