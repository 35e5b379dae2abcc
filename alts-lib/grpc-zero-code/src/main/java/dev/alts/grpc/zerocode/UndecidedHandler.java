package dev.alts.grpc.zerocode;

import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands where ALTS or clear text will, keeps what gRPC and the peer say meanwhile, and hands all
 * of it to what is chosen. gRPC writes nothing before its negotiation is over.
 *
 * <p>Confined to the channel's event loop. Owns the buffers that it keeps.
 */
abstract class UndecidedHandler extends ChannelInboundHandlerAdapter {
  private final List<ByteBuf> kept = new ArrayList<>();
  private @Nullable ProtocolNegotiationEvent negotiation;
  private boolean begun;

  /** The channel is active and gRPC waits: called once. */
  abstract void begin(ChannelHandlerContext ctx);

  /** Bytes came, and were kept. */
  abstract void received(ChannelHandlerContext ctx, ByteBuf bytes);

  @Override
  public final void channelActive(ChannelHandlerContext ctx) {
    beginIfReady(ctx);
    ctx.fireChannelActive();
  }

  @Override
  public final void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ProtocolNegotiationEvent started) {
      negotiation = started;
      beginIfReady(ctx);
      return;
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      kept.add(bytes);
      received(ctx, bytes);
      return;
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    kept.forEach(ByteBuf::release);
    kept.clear();
  }

  final boolean hasBegun() {
    return begun;
  }

  /** Leaves {@code handlers} in its place, first of them nearest to the network. */
  final void decide(ChannelHandlerContext ctx, ChannelHandler... handlers) {
    ProtocolNegotiationEvent started = negotiation;
    if (started == null) {
      throw new IllegalStateException("decision before gRPC started the negotiation");
    }
    for (int i = handlers.length - 1; i >= 0; i--) {
      ctx.pipeline().addAfter(ctx.name(), null, handlers[i]);
    }
    List<ByteBuf> early = List.copyOf(kept);
    kept.clear();
    ctx.fireUserEventTriggered(started);
    early.forEach(ctx::fireChannelRead);
    if (!early.isEmpty()) {
      ctx.fireChannelReadComplete();
    }
    ctx.pipeline().remove(this);
  }

  private void beginIfReady(ChannelHandlerContext ctx) {
    if (!begun && negotiation != null && ctx.channel().isActive()) {
      begun = true;
      begin(ctx);
    }
  }
}
