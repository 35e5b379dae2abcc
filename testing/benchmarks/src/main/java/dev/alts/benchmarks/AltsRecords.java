package dev.alts.benchmarks;

import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.SecretBytes;
import dev.alts.record.Direction;
import dev.alts.record.FrameProtector;
import dev.alts.record.FrameUnprotector;
import dev.alts.record.RecordOpener;
import dev.alts.record.RecordProtocol;
import dev.alts.record.RecordSealer;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Both ends of one direction of an ALTS connection, on pooled direct buffers in and out, which are
 * made once, as those of the TLS engine beside it.
 */
final class AltsRecords {
  private final FrameProtector protector;
  private final FrameUnprotector unprotector;
  private final ByteBuffer wire;
  private final ByteBuffer opened;

  AltsRecords(
      Crypto crypto,
      RecordProtocol protocol,
      byte[] keyData,
      int maxFrameBytes,
      int maxPayloadBytes) {
    try (SecretBytes secret = SecretBytes.copyOf(keyData)) {
      Direction direction = Direction.CLIENT_TO_SERVER;
      protector =
          new FrameProtector(RecordSealer.of(crypto, protocol, secret, direction), maxFrameBytes);
      unprotector =
          new FrameUnprotector(
              RecordOpener.of(crypto, protocol, secret, direction), maxFrameBytes, direction);
    }
    wire = pooled((int) protector.protectedBytes(maxPayloadBytes));
    opened = pooled(maxPayloadBytes);
  }

  /** {@return how many bytes came out at the server} */
  int transfer(ByteBuffer payload) throws AltsProtocolException {
    wire.clear();
    protector.protect(payload, wire);
    wire.flip();
    opened.clear();
    while (unprotector.receive(wire) != FrameUnprotector.NEEDS_MORE_BYTES) {
      unprotector.unprotect(opened);
    }
    return opened.position();
  }

  private static ByteBuffer pooled(int bytes) {
    // Never given back: it lives as long as the process that measures.
    return PooledByteBufAllocator.DEFAULT.directBuffer(bytes).nioBuffer(0, bytes);
  }
}
