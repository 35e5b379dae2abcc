package dev.alts.ca.operator;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.api.operator.v1.OperatorRequest;
import dev.alts.api.operator.v1.OperatorResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * One connection: a message of at most {@link #MAX_MESSAGE_BYTES} in, one out, each behind its
 * length as a varint, all within one deadline. Memory grows with what came, never with a length
 * that was only announced.
 */
final class OperatorConnection implements AutoCloseable {
  static final int MAX_MESSAGE_BYTES = 8192;
  private static final int MAX_LENGTH_BYTES = 2;

  private final SocketChannel channel;
  private final Selector selector;
  private final SelectionKey key;
  private final Duration patience;
  private long deadlineNanos;

  OperatorConnection(SocketChannel channel, Duration patience) throws IOException {
    this.channel = channel;
    this.patience = patience;
    this.deadlineNanos = System.nanoTime() + patience.toNanos();
    channel.configureBlocking(false);
    this.selector = channel.provider().openSelector();
    this.key = channel.register(selector, 0);
  }

  /** {@return the request} */
  OperatorRequest read() throws IOException {
    int length = 0;
    for (int i = 0; ; i++) {
      int next = readExactly(1).get() & 0xff;
      length |= (next & 0x7f) << (7 * i);
      if (next < 0x80) {
        break;
      }
      if (i + 1 == MAX_LENGTH_BYTES) {
        throw new IOException("operator request: longer than " + MAX_MESSAGE_BYTES + " bytes");
      }
    }
    if (length > MAX_MESSAGE_BYTES) {
      throw new IOException("operator request: longer than " + MAX_MESSAGE_BYTES + " bytes");
    }
    try {
      return OperatorRequest.parseFrom(readExactly(length));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("operator request: not a message of this interface", e);
    }
  }

  void write(OperatorResponse response) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    response.writeDelimitedTo(bytes);
    write(ByteBuffer.wrap(bytes.toByteArray()));
  }

  /**
   * {@return what follows an answer, however long it is} The deadline counts anew for each part
   * that the caller takes: one that does not read is still gone in time.
   */
  OutputStream stream() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        deadlineNanos = System.nanoTime() + patience.toNanos();
        OperatorConnection.this.write(ByteBuffer.wrap(bytes, offset, length));
      }
    };
  }

  private void write(ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.write(buffer) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
  }

  private ByteBuffer readExactly(int length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      int count = channel.read(buffer);
      if (count < 0) {
        throw new IOException("operator request: connection ended early");
      }
      if (count == 0) {
        await(SelectionKey.OP_READ);
      }
    }
    return buffer.flip();
  }

  private void await(int operation) throws IOException {
    long remainingMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
    if (remainingMillis <= 0) {
      throw new IOException("operator request: too slow");
    }
    key.interestOps(operation);
    selector.select(remainingMillis);
    selector.selectedKeys().clear();
  }
}
