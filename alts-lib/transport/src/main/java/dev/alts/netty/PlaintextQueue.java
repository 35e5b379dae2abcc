package dev.alts.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.AbstractCoalescingBufferQueue;
import io.netty.channel.Channel;

/**
 * What was written and not yet sealed. Small writes leave together: HTTP/2 writes a nine-byte
 * header and its payload apart, and a frame for each would cost 24 bytes and a cipher run more.
 * Counts towards the channel's writability. A chunk that is one buffer leaves without a copy.
 */
final class PlaintextQueue extends AbstractCoalescingBufferQueue {
  private static final int USUAL_WRITES_PER_FLUSH = 16;

  PlaintextQueue(Channel channel) {
    super(channel, USUAL_WRITES_PER_FLUSH);
  }

  @Override
  protected ByteBuf composeFirst(ByteBufAllocator allocator, ByteBuf first, int bufferSize) {
    if (first.readableBytes() >= bufferSize && first.nioBufferCount() == 1) {
      return first;
    }
    // ciphers work on arrays
    ByteBuf together = allocator.heapBuffer(Math.max(bufferSize, first.readableBytes()));
    try {
      return together.writeBytes(first);
    } finally {
      first.release();
    }
  }

  @Override
  protected ByteBuf compose(ByteBufAllocator allocator, ByteBuf cumulation, ByteBuf next) {
    try {
      return next.isReadable() ? cumulation.writeBytes(next) : cumulation;
    } finally {
      next.release();
    }
  }

  @Override
  protected ByteBuf removeEmptyValue() {
    return Unpooled.EMPTY_BUFFER;
  }
}
