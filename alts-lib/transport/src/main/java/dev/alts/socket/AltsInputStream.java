package dev.alts.socket;

import dev.alts.frame.AltsProtocolException;
import dev.alts.record.FrameUnprotector;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Bytes that the peer sent, authenticated before they are given out. Ends only where the peer said
 * so; if the connection ends elsewhere, reading fails. Not thread-safe.
 */
final class AltsInputStream extends InputStream {
  private static final int READ_BYTES = 16 * 1024;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final InputStream network;
  private final FrameUnprotector unprotector;
  private final ByteBuffer received = ByteBuffer.allocate(READ_BYTES);
  private ByteBuffer payload = NOTHING;
  private boolean endOfData;
  private boolean failed;

  /**
   * @param first bytes behind the last handshake frame
   */
  AltsInputStream(InputStream network, FrameUnprotector unprotector, ByteBuffer first) {
    this.network = network;
    this.unprotector = unprotector;
    this.received.limit(0);
    if (first.hasRemaining()) {
      this.received.clear().put(first).flip();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (!payload.hasRemaining()) {
      if (endOfData || !nextRecord()) {
        return -1;
      }
    }
    int taken = Math.min(length, payload.remaining());
    payload.get(target, offset, taken);
    return taken;
  }

  @Override
  public int available() {
    return payload.remaining();
  }

  /** {@return whether there was one more; false: the peer ended its data} */
  private boolean nextRecord() throws IOException {
    if (failed) {
      throw new IOException("ALTS connection failed before");
    }
    try {
      int length = unprotector.receive(received);
      while (length == FrameUnprotector.NEEDS_MORE_BYTES) {
        fill();
        length = unprotector.receive(received);
      }
      ByteBuffer room = payload.capacity() < length ? ByteBuffer.allocate(length) : payload.clear();
      // Until the record has opened there is nothing to read: what lies in the room is the last
      // one.
      payload = NOTHING;
      unprotector.unprotect(room.limit(length));
      payload = room.flip();
      endOfData = length == 0;
      return !endOfData;
    } catch (AltsProtocolException e) {
      failed = true;
      throw new IOException("ALTS connection failed: " + e.getMessage(), e);
    }
  }

  private void fill() throws IOException {
    int count = network.read(received.array());
    if (count < 0) {
      throw new EOFException("data was cut off: the connection ended without end of data");
    }
    received.clear().limit(count);
  }
}
