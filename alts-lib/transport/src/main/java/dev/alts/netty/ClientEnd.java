package dev.alts.netty;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.Handshaker;
import io.netty.channel.Channel;

/** The client's end of one channel. */
record ClientEnd(ClientEndpoint endpoint, String target, EndOfData endOfData)
    implements ConnectionEnd {
  @Override
  public boolean isServer() {
    return false;
  }

  @Override
  public boolean admit(Channel channel, Runnable drop) {
    return true;
  }

  @Override
  public Handshaker newHandshaker() {
    return endpoint.newHandshaker(target);
  }

  @Override
  public AltsFrameHandler establish(Channel channel, Established established)
      throws AltsProtocolException {
    return new AltsFrameHandler(
        endpoint.open(target, established, new ChannelControl(channel)),
        established.peer().maxFrameBytes(),
        endOfData);
  }
}
