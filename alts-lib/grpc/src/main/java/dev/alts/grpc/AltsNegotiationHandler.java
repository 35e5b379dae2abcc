package dev.alts.grpc;

import dev.alts.netty.AltsChannelEvent;
import dev.alts.netty.AltsHandshakeCompletion;
import dev.alts.netty.AltsHandshakeHandler;
import dev.alts.peer.AltsPeer;
import dev.alts.report.ConnectionReport;
import io.grpc.Attributes;
import io.grpc.InternalChannelz;
import io.grpc.SecurityLevel;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Between ALTS and gRPC's HTTP/2 on one channel: starts the handshake when gRPC says so, hands over
 * the peer when it is done, and stays to turn failures of either time into statuses.
 *
 * <p>Confined to the channel's event loop.
 */
final class AltsNegotiationHandler extends ChannelInboundHandlerAdapter {
  private final AltsHandshakeHandler handshake;
  private final ChannelHandler http2;
  private final PeerAttributes peerAttributes;
  private final Farewell farewell;
  private @Nullable ProtocolNegotiationEvent negotiation;
  private boolean handshakeIsOver;

  AltsNegotiationHandler(
      AltsHandshakeHandler handshake,
      ChannelHandler http2,
      PeerAttributes peerAttributes,
      Farewell farewell) {
    this.handshake = handshake;
    this.http2 = http2;
    this.peerAttributes = peerAttributes;
    this.farewell = farewell;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case ProtocolNegotiationEvent started -> {
        negotiation = started;
        ctx.pipeline().addBefore(ctx.name(), null, handshake);
      }
      case AltsHandshakeCompletion completion -> completed(ctx, completion.peer());
      // from the end of the pipeline, where HTTP/2 makes it a GOAWAY and lets calls finish
      case AltsChannelEvent.NEAR_LIMIT -> {
        ChannelFuture unused = ctx.channel().close();
      }
      case AltsChannelEvent.PEER_REFUSED -> farewell.say(ctx.pipeline());
      default -> ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!handshakeIsOver) {
      handshakeIsOver = true;
      ConnectionReport.OF_THIS_PROCESS.handshakeFailed(FailureReason.of(cause));
    }
    ctx.fireExceptionCaught(TransportFailures.toStatus(cause).asRuntimeException());
  }

  private void completed(ChannelHandlerContext ctx, AltsPeer peer) {
    if (negotiation == null) {
      throw new IllegalStateException("handshake complete before gRPC started it");
    }
    handshakeIsOver = true;
    ConnectionReport.OF_THIS_PROCESS.handshake(peer.resumed());
    Attributes attributes =
        peerAttributes
            .add(InternalProtocolNegotiationEvent.getAttributes(negotiation).toBuilder(), peer)
            .set(AltsContextKeys.TRANSPORT_ATTR_PEER, peer)
            .set(GrpcAttributes.ATTR_SECURITY_LEVEL, securityLevel(peer))
            .build();
    ctx.pipeline().addAfter(ctx.name(), null, http2);
    ctx.fireUserEventTriggered(
        InternalProtocolNegotiationEvent.withSecurity(
            InternalProtocolNegotiationEvent.withAttributes(negotiation, attributes),
            new InternalChannelz.Security(
                new InternalChannelz.OtherSecurity("alts " + peer.id(), null))));
  }

  private static SecurityLevel securityLevel(AltsPeer peer) {
    return switch (peer.securityLevel()) {
      case INTEGRITY_ONLY -> SecurityLevel.INTEGRITY;
      case INTEGRITY_AND_PRIVACY -> SecurityLevel.PRIVACY_AND_INTEGRITY;
    };
  }
}
