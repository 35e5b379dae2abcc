package dev.alts.cli.run;

import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.AsciiString;

/**
 * Lets in processes of one user, of whom the kernel says so before a byte is read. The directory
 * keeps others out already; this holds also if somebody opens it.
 */
final class OwnUserNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
      InternalProtocolNegotiators.serverPlaintext();
  private final int uid;

  private OwnUserNegotiator(int uid) {
    this.uid = uid;
  }

  static ServerCredentials credentials(int uid) {
    return InternalNettyServerCredentials.create(new OwnUserNegotiator(uid));
  }

  @Override
  public AsciiString scheme() {
    return plaintext.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpcHandler) {
    ChannelHandler next = plaintext.newHandler(grpcHandler);
    return new ChannelInboundHandlerAdapter() {
      @Override
      public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (!(event instanceof ProtocolNegotiationEvent)) {
          super.userEventTriggered(context, event);
          return;
        }
        if (((EpollDomainSocketChannel) context.channel()).peerCredentials().uid() != uid) {
          var _ = context.close();
          return;
        }
        context.pipeline().replace(this, null, next);
        context.pipeline().fireUserEventTriggered(event);
      }
    };
  }

  @Override
  public void close() {
    plaintext.close();
  }
}
