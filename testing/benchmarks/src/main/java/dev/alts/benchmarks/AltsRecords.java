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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;

/** Both ends of one direction of an ALTS connection, on pooled direct buffers in and out. */
final class AltsRecords {
  private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

  private final FrameProtector protector;
  private final FrameUnprotector unprotector;

  AltsRecords(RecordProtocol protocol, byte[] keyData, int maxFrameBytes) {
    try (SecretBytes secret = SecretBytes.copyOf(keyData)) {
      Direction direction = Direction.CLIENT_TO_SERVER;
      protector =
          new FrameProtector(
              RecordSealer.of(Crypto.best(), protocol, secret, direction), maxFrameBytes);
      unprotector =
          new FrameUnprotector(
              RecordOpener.of(Crypto.best(), protocol, secret, direction),
              maxFrameBytes,
              direction);
    }
  }

  /** {@return how many bytes came out at the server} */
  int transfer(ByteBuffer payload) throws AltsProtocolException {
    int bytes = (int) protector.protectedBytes(payload.remaining());
    ByteBuf wire = ALLOCATOR.directBuffer(bytes);
    ByteBuf opened = ALLOCATOR.directBuffer(payload.remaining());
    try {
      ByteBuffer frames = wire.nioBuffer(0, bytes);
      protector.protect(payload, frames);
      frames.flip();
      ByteBuffer out = opened.nioBuffer(0, opened.capacity());
      while (unprotector.receive(frames) != FrameUnprotector.NEEDS_MORE_BYTES) {
        unprotector.unprotect(out);
      }
      return out.position();
    } finally {
      opened.release();
      wire.release();
    }
  }
}
