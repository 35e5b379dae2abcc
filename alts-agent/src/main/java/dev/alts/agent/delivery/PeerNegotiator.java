package dev.alts.agent.delivery;

import dev.alts.agent.attestation.PeerLostException;
import dev.alts.agent.attestation.PeerProcess;
import io.grpc.Attributes;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.util.AsciiString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the kernel who connected, before gRPC reads a byte, and puts the answer into the attributes
 * of every call. gRPC-Java has no public way in; these {@code Internal*} classes are what its own
 * credentials are made of.
 */
final class PeerNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {
  /** The process that made the connection. */
  static final Attributes.Key<PeerProcess> PEER = Attributes.Key.create("dev.alts.agent.peer");

  private static final Logger logger = LoggerFactory.getLogger(PeerNegotiator.class);

  private final InternalProtocolNegotiator.ProtocolNegotiator plaintext =
      InternalProtocolNegotiators.serverPlaintext();
  private final PeerConnections connections;

  private PeerNegotiator(PeerConnections connections) {
    this.connections = connections;
  }

  /** {@return server credentials for a Unix socket: nothing on the wire, peers by the kernel} */
  static ServerCredentials credentials(PeerConnections connections) {
    return InternalNettyServerCredentials.create(new PeerNegotiator(connections));
  }

  @Override
  public AsciiString scheme() {
    return plaintext.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpcHandler) {
    return new PeerHandler(plaintext.newHandler(grpcHandler));
  }

  @Override
  public void close() {
    plaintext.close();
  }

  private final class PeerHandler extends ChannelInboundHandlerAdapter {
    private final ChannelHandler next;

    PeerHandler(ChannelHandler next) {
      this.next = next;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
      if (!(event instanceof ProtocolNegotiationEvent negotiation)) {
        super.userEventTriggered(context, event);
        return;
      }
      PeerProcess peer;
      try {
        peer = connections.admit((EpollDomainSocketChannel) context.channel());
      } catch (PeerLostException e) {
        logger.debug("connection refused: {}", e.getMessage());
        var _ = context.close();
        return;
      }
      Attributes attributes =
          InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder()
              .set(PEER, peer)
              .build();
      context.pipeline().replace(this, null, next);
      context
          .pipeline()
          .fireUserEventTriggered(
              InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes));
    }
  }
}
