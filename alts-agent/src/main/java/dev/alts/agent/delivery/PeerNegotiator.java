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
import io.netty.util.AsciiString;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
  private final Executor identification;

  private PeerNegotiator(PeerConnections connections, Executor identification) {
    this.connections = connections;
    this.identification = identification;
  }

  /**
   * {@return server credentials for a socket of this machine: nothing on the wire, peers by the
   * kernel}
   *
   * @param identification runs the asking: where that is quick, in place
   */
  static ServerCredentials credentials(PeerConnections connections, Executor identification) {
    return InternalNettyServerCredentials.create(new PeerNegotiator(connections, identification));
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
      // Nothing is read before it is known who speaks.
      context.channel().config().setAutoRead(false);
      identification.execute(() -> identify(context, negotiation));
    }

    private void identify(ChannelHandlerContext context, ProtocolNegotiationEvent negotiation) {
      PeerProcess peer;
      try {
        peer = connections.admit(context.channel());
      } catch (PeerLostException e) {
        logger.debug("connection refused: {}", e.getMessage());
        var _ = context.close();
        return;
      } catch (RuntimeException e) {
        logger.error("a connection failed unexpectedly", e);
        var _ = context.close();
        return;
      }
      if (context.executor().inEventLoop()) {
        go(context, negotiation, peer);
        return;
      }
      try {
        context.executor().execute(() -> go(context, negotiation, peer));
      } catch (RejectedExecutionException stopping) {
        // The channel is closed with its loop, and the process with the channel.
        logger.debug("connection refused: the agent is stopping");
      }
    }

    private void go(
        ChannelHandlerContext context, ProtocolNegotiationEvent negotiation, PeerProcess peer) {
      if (context.isRemoved()) {
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
      context.channel().config().setAutoRead(true);
    }
  }
}
