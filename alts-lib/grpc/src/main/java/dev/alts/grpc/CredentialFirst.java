package dev.alts.grpc;

import dev.alts.endpoint.ClientEndpoint;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;

/**
 * Connects a channel only once there is a credential to connect with. A server gives a connection
 * ten seconds for the whole handshake, and an agent that starts with its machine may take longer;
 * connected first, the wait would end there, whatever patience was asked for.
 *
 * <p>Confined to the channel's event loop.
 */
final class CredentialFirst extends ChannelDuplexHandler {
  private final ClientEndpoint endpoint;
  private final ChannelHandler next;

  /**
   * @param next follows in the pipeline
   */
  CredentialFirst(ClientEndpoint endpoint, ChannelHandler next) {
    this.endpoint = endpoint;
    this.next = next;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    ctx.pipeline().addAfter(ctx.name(), null, next);
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx,
      SocketAddress remote,
      SocketAddress local,
      ChannelPromise promise) {
    ctx.channel()
        .closeFuture()
        .addListener(closed -> promise.tryFailure(new ClosedChannelException()));
    // on no event loop, where it would stop established channels
    Thread unused =
        Thread.ofVirtual()
            .name("alts-credentials-wait")
            .start(() -> {
              try {
                endpoint.awaitCredential();
                ctx.executor().execute(() -> connectNow(ctx, remote, local, promise));
              } catch (RuntimeException unavailable) {
                ctx.executor().execute(() -> fail(ctx, promise, unavailable));
              }
            });
  }

  private static void connectNow(
      ChannelHandlerContext ctx,
      SocketAddress remote,
      SocketAddress local,
      ChannelPromise promise) {
    if (!promise.isDone()) {
      var unused = ctx.connect(remote, local, promise);
    }
  }

  private static void fail(
      ChannelHandlerContext ctx, ChannelPromise promise, RuntimeException unavailable) {
    promise.tryFailure(TransportFailures.toStatus(unavailable).asRuntimeException());
    var unused = ctx.close();
  }
}
