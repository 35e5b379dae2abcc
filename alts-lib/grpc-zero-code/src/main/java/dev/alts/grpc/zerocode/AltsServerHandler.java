package dev.alts.grpc.zerocode;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Watches whether a server that answered in ALTS before does so again. One that hangs up or speaks
 * something else is asked anew at the next connection: it may have gone back to clear text, or
 * stand beside one that has not learnt ALTS yet, behind one address.
 */
final class AltsServerHandler extends ChannelInboundHandlerAdapter {
  private final ClearTextServers servers;
  private final ClearTextServers.Server server;
  private final FirstBytes answer = new FirstBytes();

  AltsServerHandler(ClearTextServers servers, ClearTextServers.Server server) {
    this.servers = servers;
    this.server = server;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof ByteBuf bytes) {
      FirstBytes.Protocol spoken = answer.add(bytes);
      if (spoken != FirstBytes.Protocol.UNDECIDED) {
        // also a refusal in ALTS is one: who is the wrong server is not asked again for it
        if (spoken != FirstBytes.Protocol.ALTS) {
          servers.forget(server);
        }
        // this context still leads to the next handler
        ctx.pipeline().remove(this);
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
