package dev.alts.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The end of a channel whose handshake failed: writes the last frame, shuts our direction, drops
 * what still arrives, and closes after a bounded time and a bounded number of bytes. Closing at
 * once with unread bytes would make the kernel send a reset, which may overtake the alert.
 */
final class LastWordsHandler extends ChannelDuplexHandler {
  private static final Duration LONGEST = Duration.ofSeconds(1);
  private static final long MOST_BYTES = 256 * 1024;

  private final ByteBuf lastWords;
  private long dropped;
  private @Nullable Future<?> end;

  /** Takes ownership of {@code lastWords}. */
  LastWordsHandler(ByteBuf lastWords) {
    this.lastWords = lastWords;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    end = ctx.executor().schedule(() -> close(ctx), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    ctx.writeAndFlush(lastWords)
        .addListener(
            (ChannelFutureListener)
                written -> {
                  if (written.isSuccess() && ctx.channel() instanceof DuplexChannel duplex) {
                    duplex.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
                    return;
                  }
                  close(ctx);
                });
    ctx.channel().config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    dropped += message instanceof ByteBuf bytes ? bytes.readableBytes() : 0;
    ReferenceCountUtil.release(message);
    if (dropped > MOST_BYTES) {
      close(ctx);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (end != null) {
      end.cancel(false);
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    ReferenceCountUtil.release(message);
    promise.tryFailure(new ClosedChannelException());
  }

  /** The channel closes when its time has come, not sooner; whoever asks is told then. */
  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    ctx.channel()
        .closeFuture()
        .addListener(closed -> {
          if (!promise.isVoid()) {
            promise.trySuccess();
          }
        });
  }

  private static void close(ChannelHandlerContext ctx) {
    var unused = ctx.close();
  }
}
