package dev.alts.socket;

import dev.alts.frame.AltsProtocolException;
import dev.alts.record.FrameProtector;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Protects what is written to it and sends it at once; small writes want a {@code
 * BufferedOutputStream} before them.
 *
 * <p>Writes of several threads wait for each other: two at once would seal two records under one
 * nonce. Above all a socket is closed by whichever thread wants its end.
 */
final class AltsOutputStream extends OutputStream {
  private static final int BYTES_PER_ROUND = 256 * 1024;

  private final OutputStream network;
  private final FrameProtector protector;
  private final ReentrantLock writing = new ReentrantLock();
  private ByteBuffer frames = ByteBuffer.allocate(4 * 1024);
  private boolean ended;

  AltsOutputStream(OutputStream network, FrameProtector protector) {
    this.network = network;
    this.protector = protector;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    writing.lock();
    try {
      if (ended) {
        throw new IOException("write after the end of data");
      }
      for (int sent = 0; sent < length; sent += BYTES_PER_ROUND) {
        send(ByteBuffer.wrap(source, offset + sent, Math.min(BYTES_PER_ROUND, length - sent)));
      }
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void flush() throws IOException {
    network.flush();
  }

  /** Says that no more data comes: an empty record (handshake.md section 5). May be repeated. */
  @Override
  public void close() throws IOException {
    writing.lock();
    try {
      end();
    } finally {
      writing.unlock();
    }
  }

  /**
   * As {@link #close}, for a connection that ends now: while another thread writes, which may take
   * as long as the peer likes, nothing is said.
   */
  void closeUnlessBusy() throws IOException {
    if (writing.tryLock()) {
      try {
        end();
      } finally {
        writing.unlock();
      }
    }
  }

  private void end() throws IOException {
    if (!ended) {
      send(ByteBuffer.allocate(0));
      ended = true;
      network.flush();
    }
  }

  private void send(ByteBuffer payload) throws IOException {
    int size = Math.toIntExact(protector.protectedBytes(payload.remaining()));
    if (frames.capacity() < size) {
      frames = ByteBuffer.allocate(size);
    }
    frames.clear();
    try {
      protector.protect(payload, frames);
    } catch (AltsProtocolException e) {
      throw new IOException("ALTS connection failed: " + e.getMessage(), e);
    }
    network.write(frames.array(), 0, frames.position());
  }
}
