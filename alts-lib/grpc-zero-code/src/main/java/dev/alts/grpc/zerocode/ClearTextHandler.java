package dev.alts.grpc.zerocode;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Watches how a server takes clear text. One that serves is counted; one that hangs up or refuses
 * is asked anew at the next connection, so that a server that has learnt ALTS is not shut out for
 * as long as it is remembered.
 */
final class ClearTextHandler extends ChannelInboundHandlerAdapter {
  private final ClearTextServers servers;
  private final ClearTextServers.Server server;
  private final Http2Greeting greeting = new Http2Greeting();

  ClearTextHandler(ClearTextServers servers, ClearTextServers.Server server) {
    this.servers = servers;
    this.server = server;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      switch (greeting.add(bytes)) {
        case UNDECIDED -> {}
        case SERVES -> {
          servers.speaksClearText(server);
          ctx.fireChannelRead(message);
          ctx.pipeline().remove(this);
          return;
        }
        case REFUSES -> {
          servers.forget(server);
        }
      }
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    servers.forget(server);
    ctx.fireChannelInactive();
  }
}
