package io.grpc.alts.internal;

import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.buffer.PooledByteBufAllocator;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;

/** Both ends of grpc-java's ALTS record protocol on pooled direct buffers. */
public final class GrpcAltsChannel {
  private static final PooledByteBufAllocator ALLOCATOR = PooledByteBufAllocator.DEFAULT;

  private final AltsTsiFrameProtector client;
  private final AltsTsiFrameProtector server;

  /**
   * @param keyData 44 bytes
   */
  public GrpcAltsChannel(byte[] keyData, int maxFrameBytes) {
    client = protector(keyData, maxFrameBytes, true);
    server = protector(keyData, maxFrameBytes, false);
  }

  private static AltsTsiFrameProtector protector(
      byte[] keyData, int maxFrameBytes, boolean isClient) {
    return new AltsTsiFrameProtector(
        maxFrameBytes, new AltsChannelCrypter(keyData.clone(), isClient), ALLOCATOR);
  }

  /**
   * {@return a buffer of this many payload bytes, to be given to {@link #transfer} again and again}
   */
  public static ByteBuf payload(int bytes) {
    return ALLOCATOR.directBuffer(bytes).writeZero(bytes);
  }

  /** {@return how many bytes came out at the server} */
  public int transfer(ByteBuf payload) throws GeneralSecurityException {
    List<ByteBuf> frames = new ArrayList<>(1);
    client.protectFlush(List.of(payload.retainedDuplicate()), frames::add, ALLOCATOR);
    List<Object> opened = new ArrayList<>(1);
    for (ByteBuf frame : frames) {
      server.unprotect(frame, opened, ALLOCATOR);
      frame.release();
    }
    int bytes = 0;
    for (Object out : opened) {
      ByteBuf buffer = (ByteBuf) out;
      bytes += buffer.readableBytes();
      buffer.release();
    }
    return bytes;
  }
}
