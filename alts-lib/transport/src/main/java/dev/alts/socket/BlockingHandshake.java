package dev.alts.socket;

import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeStep;
import dev.alts.handshake.HandshakeStep.AwaitPeer;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.handshake.Handshaker;
import dev.alts.identity.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Drives one handshake over a blocking socket, within its deadline (handshake.md section 4). */
final class BlockingHandshake {
  private static final Duration DRAIN = Duration.ofSeconds(1);
  private static final int DRAIN_BYTES = 256 * 1024;

  private final Socket socket;
  private final Handshaker handshaker;
  private final LongSupplier nanoTime;
  private final long endNanos;
  private final ByteBuffer received = ByteBuffer.allocate(16 * 1024).limit(0);
  private @Nullable IOException failedWrite;

  BlockingHandshake(Socket socket, Handshaker handshaker) {
    this(socket, handshaker, System::nanoTime);
  }

  BlockingHandshake(Socket socket, Handshaker handshaker, LongSupplier nanoTime) {
    this.socket = socket;
    this.handshaker = handshaker;
    this.nanoTime = nanoTime;
    this.endNanos = nanoTime.getAsLong() + HandshakeBudget.HANDSHAKE_TIMEOUT.toNanos();
  }

  /** {@return the completed handshake, whose last flight has not been written} */
  Established run() throws IOException {
    try (handshaker) {
      HandshakeStep step = handshaker.start();
      while (true) {
        switch (step) {
          case Established established -> {
            return established;
          }
          case Send send -> sendOrListen(send.flight());
          case AwaitPeer await -> {
            // more bytes follow below
          }
        }
        step = handshaker.receive(fill());
      }
    } catch (AltsProtocolException e) {
      throw refuse(e);
    }
  }

  /** {@return bytes that the peer sent behind its last handshake frame} */
  ByteBuffer rest() {
    return received;
  }

  /** Tells the peer its alert, and lets it arrive before the connection goes (section 9). */
  IOException refuse(AltsProtocolException cause) {
    IOException failure =
        new IOException(
            "ALTS handshake with %s failed: %s"
                .formatted(socket.getRemoteSocketAddress(), cause.getMessage()),
            cause);
    if (cause.alertFrame().isEmpty()) {
      return failure;
    }
    try {
      sayLast(socket, cause.alertFrame().get());
    } catch (IOException lost) {
      failure.addSuppressed(lost);
    }
    return failure;
  }

  /**
   * Writes the last frame, shuts our direction and drops what still arrives, for a bounded time and
   * number of bytes: closing with unread bytes would make the kernel send a reset, which may
   * overtake the frame.
   */
  static void sayLast(Socket socket, Bytes frame) throws IOException {
    socket.getOutputStream().write(frame.toByteArray());
    socket.shutdownOutput();
    drain(socket);
  }

  void send(Bytes flight) throws IOException {
    socket.getOutputStream().write(flight.toByteArray());
  }

  /** Whose write fails still reads: the peer may have said why before it hung up (section 9). */
  private void sendOrListen(Bytes flight) {
    try {
      send(flight);
    } catch (IOException e) {
      failedWrite = e;
    }
  }

  private ByteBuffer fill() throws IOException {
    if (received.hasRemaining()) {
      return received;
    }
    int count;
    try {
      if (nanoTime.getAsLong() >= endNanos) {
        // A peer that sends a byte now and then must not get more time by it.
        throw new SocketTimeoutException("deadline passed");
      }
      socket.setSoTimeout(millis(endNanos - nanoTime.getAsLong()));
      count = socket.getInputStream().read(received.array());
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "ALTS handshake: not complete within " + HandshakeBudget.HANDSHAKE_TIMEOUT, e);
    }
    if (count < 0) {
      EOFException hungUp = new EOFException("ALTS handshake: the peer hung up");
      if (failedWrite != null) {
        hungUp.initCause(failedWrite);
      }
      throw hungUp;
    }
    return received.clear().limit(count);
  }

  private static void drain(Socket socket) throws IOException {
    long drainEnd = System.nanoTime() + DRAIN.toNanos();
    byte[] dropped = new byte[4 * 1024];
    int total = 0;
    int count = 0;
    while (count >= 0 && total < DRAIN_BYTES && System.nanoTime() < drainEnd) {
      socket.setSoTimeout(millis(drainEnd - System.nanoTime()));
      try {
        count = socket.getInputStream().read(dropped);
      } catch (SocketTimeoutException e) {
        return;
      }
      total += count;
    }
  }

  private static int millis(long nanos) {
    // 0 would mean for ever
    return (int) Math.max(1, nanos / 1_000_000);
  }
}
