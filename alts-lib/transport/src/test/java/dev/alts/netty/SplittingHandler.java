package dev.alts.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Cuts what the network delivers into pieces of a few bytes, as an unkind network may. */
final class SplittingHandler extends ChannelInboundHandlerAdapter {
  private final int pieceBytes;

  SplittingHandler(int pieceBytes) {
    this.pieceBytes = pieceBytes;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    while (bytes.readableBytes() > pieceBytes) {
      ctx.fireChannelRead(bytes.readRetainedSlice(pieceBytes));
    }
    ctx.fireChannelRead(bytes);
  }
}
