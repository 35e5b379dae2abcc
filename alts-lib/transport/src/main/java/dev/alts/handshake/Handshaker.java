package dev.alts.handshake;

import dev.alts.frame.AltsProtocolException;
import java.nio.ByteBuffer;

/**
 * One side of one handshake: bytes in, bytes and decisions out.
 *
 * <pre>{@code
 * HandshakeStep step = handshaker.start();
 * while (!(step instanceof Established)) {
 *   // write what a Send holds, then read
 *   step = handshaker.receive(in);
 * }
 * }</pre>
 *
 * <p>A failure is final: {@link AltsProtocolException#alertFrame} is to be written, the writing
 * side shut, and the rest of the input read and dropped for a bounded time. Every call after a
 * failure, the end or {@link #close} is an {@link IllegalStateException}. The whole handshake must
 * end within 10 seconds; who drives it keeps that time. Not thread-safe.
 */
public sealed interface Handshaker extends AutoCloseable
    permits ClientHandshaker, ServerHandshaker {
  /** {@return the first step: a client sends, a server waits} Call exactly once. */
  HandshakeStep start() throws AltsProtocolException;

  /**
   * Consumes bytes of at most one frame; call it again while {@code in} has bytes left and the
   * handshake is not established.
   */
  HandshakeStep receive(ByteBuffer in) throws AltsProtocolException;

  /** Wipes what secrets there still are; may be repeated. */
  @Override
  void close();
}
