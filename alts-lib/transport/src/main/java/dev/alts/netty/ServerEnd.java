package dev.alts.netty;

import dev.alts.endpoint.ServerEndpoint;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.Handshaker;
import dev.alts.handshake.WorkPermit;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The server's end of one channel. */
final class ServerEnd implements ConnectionEnd {
  private final ServerEndpoint endpoint;
  private final EndOfData endOfData;
  private HandshakeBudget.@Nullable Slot slot;

  ServerEnd(ServerEndpoint endpoint, EndOfData endOfData) {
    this.endpoint = endpoint;
    this.endOfData = endOfData;
  }

  @Override
  public boolean isServer() {
    return true;
  }

  @Override
  public boolean admit(Channel channel, Runnable drop) {
    Optional<HandshakeBudget.Slot> admitted = endpoint.admit(sourceOf(channel), drop);
    admitted.ifPresent(room -> {
      slot = room;
      channel.closeFuture().addListener(closed -> room.close());
    });
    return admitted.isPresent();
  }

  @Override
  public Handshaker newHandshaker() {
    WorkPermit permit = slot;
    if (permit == null) {
      throw new IllegalStateException("handshake without a slot");
    }
    return endpoint.newHandshaker(permit);
  }

  @Override
  public AltsFrameHandler establish(Channel channel, Established established)
      throws AltsProtocolException {
    AltsFrameHandler handler =
        new AltsFrameHandler(
            endpoint.open(established, new ChannelControl(channel)),
            established.peer().maxFrameBytes(),
            endOfData);
    if (slot != null) {
      slot.close();
    }
    return handler;
  }

  /** Ports do not tell sources apart; all of a Unix socket's connections are one source. */
  private static String sourceOf(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? HandshakeBudget.sourceOf(address.getAddress().getAddress())
        : "local";
  }
}
