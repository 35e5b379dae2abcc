package dev.alts.grpc.zerocode;

import dev.alts.endpoint.ClientEndpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * A permissive client's side of a new connection. A server that nothing is known of is asked on a
 * second connection, so that the first call of a program neither fails nor is tried twice: what a
 * server in clear text makes of a handshake would end this one.
 */
final class ProbingHandler extends UndecidedHandler {
  private final ClientEndpoint endpoint;
  private final ClearTextServers servers;
  private final String authority;
  private final PermissiveNegotiator.Choice choice;
  private @Nullable Probe probe;

  ProbingHandler(
      ClientEndpoint endpoint,
      ClearTextServers servers,
      String authority,
      PermissiveNegotiator.Choice choice) {
    this.endpoint = endpoint;
    this.servers = servers;
    this.authority = authority;
    this.choice = choice;
  }

  @Override
  void begin(ChannelHandlerContext ctx) {
    ClearTextServers.Server server =
        new ClearTextServers.Server(authority, ctx.channel().remoteAddress());
    switch (servers.about(server)) {
      case ALTS -> alts(ctx, server);
      case CLEAR_TEXT -> clearText(ctx, server);
      case NOTHING -> {
        // a server may speak first: not more of it than is in one read
        ctx.channel().config().setAutoRead(false);
        probe = Probe.start(ctx.channel(), endpoint, authority, found -> found(ctx, server, found));
      }
    }
  }

  @Override
  void received(ChannelHandlerContext ctx, ByteBuf bytes) {
    // kept for whoever follows; what it is, the probe says
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (probe != null) {
      probe.close();
    }
    super.handlerRemoved(ctx);
  }

  private void found(ChannelHandlerContext ctx, ClearTextServers.Server server, Probe.Found found) {
    if (ctx.isRemoved() || !ctx.channel().isActive()) {
      return;
    }
    switch (found) {
      case ALTS -> {
        servers.speaksAlts(server);
        alts(ctx, server);
      }
      case NOT_ALTS -> clearText(ctx, server);
    }
    ctx.channel().config().setAutoRead(true);
  }

  private void alts(ChannelHandlerContext ctx, ClearTextServers.Server server) {
    decide(ctx, new AltsServerHandler(servers, server), choice.alts());
  }

  private void clearText(ChannelHandlerContext ctx, ClearTextServers.Server server) {
    decide(ctx, new ClearTextHandler(servers, server), choice.clearText());
  }
}
