package dev.alts.netty;

import dev.alts.endpoint.ChannelLife;
import dev.alts.endpoint.OpenConnection;
import dev.alts.frame.AltsProtocolException;
import dev.alts.record.FrameProtector;
import dev.alts.record.FrameUnprotector;
import dev.alts.record.MaxFrame;
import dev.alts.record.RecordSealer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protects what is written to a channel and unprotects what is read from it, once its handshake is
 * complete. Writes are sealed when they are flushed.
 *
 * <p>A failure is final: the channel is closed, nothing more is read from it or written to it. One
 * instance per channel, confined to its event loop. Takes ownership of every buffer that is written
 * or read through it and gives away the ones that it passes on.
 */
public final class AltsFrameHandler extends ChannelDuplexHandler {
  private static final Logger log = LoggerFactory.getLogger(AltsFrameHandler.class);

  private final OpenConnection connection;
  private final FrameProtector protector;
  private final FrameUnprotector unprotector;
  private final int payloadPerFrame;
  private final EndOfData endOfData;
  private @Nullable PlaintextQueue pending;
  private @Nullable Future<?> retirement;
  private boolean ended;
  private boolean endSent;
  private boolean endReceived;
  private boolean nearLimit;

  /**
   * Takes ownership of {@code connection}.
   *
   * @param peerMaxFrameBytes largest frame that the peer accepts
   */
  AltsFrameHandler(OpenConnection connection, int peerMaxFrameBytes, EndOfData endOfData) {
    this.connection = connection;
    this.protector = connection.records().protector();
    this.unprotector = connection.records().unprotector();
    this.payloadPerFrame = MaxFrame.clamp(peerMaxFrameBytes) - RecordSealer.OVERHEAD_BYTES;
    this.endOfData = endOfData;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    pending = new PlaintextQueue(ctx.channel());
    ChannelLife life = connection.life();
    retirement =
        ctx.executor()
            .schedule(
                () ->
                    new ChannelControl(ctx.channel())
                        .replaceSoon("it has lived its time", life.grace()),
                life.replaceAfter().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    end(ctx, new ClosedChannelException());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes) || ended) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      ByteBuffer in = bytes.nioBuffer();
      while (!ended) {
        int payloadBytes = unprotector.receive(in);
        if (payloadBytes == FrameUnprotector.NEEDS_MORE_BYTES) {
          break;
        }
        unprotect(ctx, payloadBytes);
      }
    } catch (AltsProtocolException e) {
      fail(ctx, e);
    } finally {
      bytes.release();
    }
    reportLimit(ctx, unprotector.isNearLimit());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    boolean cutOff = endOfData == EndOfData.MARKED && !endReceived && !ended;
    end(ctx, new ClosedChannelException());
    if (cutOff) {
      ctx.fireExceptionCaught(
          new AltsRecordException(
              "data from %s was cut off".formatted(ctx.channel().remoteAddress())));
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      promise.tryFailure(
          new IllegalArgumentException(
              "write: %s (expected: ByteBuf)".formatted(message.getClass())));
      return;
    }
    if (ended || endSent || pending == null) {
      bytes.release();
      promise.tryFailure(new ClosedChannelException());
      return;
    }
    pending.add(bytes, promise);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    protectPending(ctx);
    ctx.flush();
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    protectPending(ctx);
    if (endOfData == EndOfData.MARKED && !ended && !endSent) {
      sendEndOfData(ctx);
    }
    ctx.flush();
    end(ctx, new ClosedChannelException());
    var unused = ctx.close(promise);
  }

  /**
   * Ends the channel now. What waits to be sent is dropped first; then, if the peer is not accepted
   * any more, the protocol above may say one thing before nothing can be said.
   */
  void cut(ChannelHandlerContext ctx, String reason, boolean peerRefused) {
    if (ended) {
      var unused = ctx.close();
      return;
    }
    AltsRecordException failure =
        new AltsRecordException(
            "ALTS connection with %s cut: %s".formatted(ctx.channel().remoteAddress(), reason));
    if (pending != null) {
      pending.releaseAndFailAll(ctx, failure);
    }
    if (peerRefused) {
      ctx.fireUserEventTriggered(AltsChannelEvent.PEER_REFUSED);
    }
    end(ctx, failure);
    ctx.fireExceptionCaught(failure);
    var unused = ctx.close();
  }

  private void unprotect(ChannelHandlerContext ctx, int payloadBytes) throws AltsProtocolException {
    ByteBuf payload = ctx.alloc().buffer(payloadBytes);
    try {
      unprotector.unprotect(payload.nioBuffer(0, payloadBytes));
      payload.writerIndex(payloadBytes);
    } catch (AltsProtocolException | RuntimeException e) {
      payload.release();
      throw e;
    }
    if (payloadBytes > 0 && !endReceived) {
      ctx.fireChannelRead(payload);
      return;
    }
    payload.release();
    if (endReceived) {
      throw AltsProtocolException.inRecords("record after the end of data");
    }
    if (endOfData == EndOfData.MARKED) {
      endReceived = true;
      ctx.fireUserEventTriggered(AltsChannelEvent.END_OF_DATA);
    }
  }

  private void protectPending(ChannelHandlerContext ctx) {
    while (pending != null && !pending.isEmpty() && !ended) {
      ChannelPromise promise = ctx.newPromise();
      ByteBuf payload = pending.remove(ctx.alloc(), payloadPerFrame, promise);
      if (!payload.isReadable()) {
        payload.release();
        var unused = ctx.write(Unpooled.EMPTY_BUFFER, promise);
        continue;
      }
      protect(ctx, payload, promise);
    }
    reportLimit(ctx, protector.isNearLimit());
  }

  /** Takes ownership of {@code payload}. */
  private void protect(ChannelHandlerContext ctx, ByteBuf payload, ChannelPromise promise) {
    int size = Math.toIntExact(protector.protectedBytes(payload.readableBytes()));
    ByteBuf frames = ctx.alloc().ioBuffer(size);
    try {
      protector.protect(payload.nioBuffer(), frames.nioBuffer(0, size));
      frames.writerIndex(size);
    } catch (AltsProtocolException e) {
      frames.release();
      promise.tryFailure(e);
      fail(ctx, e);
      return;
    } finally {
      payload.release();
    }
    var unused = ctx.write(frames, promise);
  }

  private void sendEndOfData(ChannelHandlerContext ctx) {
    endSent = true;
    protect(ctx, Unpooled.buffer(0), ctx.newPromise());
  }

  private void reportLimit(ChannelHandlerContext ctx, boolean isNear) {
    if (isNear && !nearLimit && !ended) {
      nearLimit = true;
      ctx.fireUserEventTriggered(AltsChannelEvent.NEAR_LIMIT);
    }
  }

  private void fail(ChannelHandlerContext ctx, AltsProtocolException cause) {
    if (ended) {
      return;
    }
    log.debug("record layer failed peer={}", ctx.channel().remoteAddress(), cause);
    AltsRecordException failure =
        new AltsRecordException(
            "ALTS connection with %s failed: %s"
                .formatted(ctx.channel().remoteAddress(), cause.getMessage()),
            cause);
    end(ctx, failure);
    ctx.fireExceptionCaught(failure);
    var unused = ctx.close();
  }

  private void end(ChannelHandlerContext ctx, Throwable why) {
    if (ended) {
      return;
    }
    ended = true;
    if (pending != null) {
      pending.releaseAndFailAll(ctx, why);
    }
    connection.close();
    if (retirement != null) {
      retirement.cancel(false);
    }
  }
}
