package dev.alts.grpc.zerocode;

import io.grpc.ForwardingChannelBuilder2;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.NettyChannelBuilder;

/**
 * Netty's builder, watched for what its user says about security: clear text becomes ALTS, TLS
 * stays TLS, and who says nothing meant TLS too, unless the operator named the target.
 */
final class TakeoverChannelBuilder extends ForwardingChannelBuilder2<TakeoverChannelBuilder> {
  private enum Choice {
    NONE,
    CLEAR_TEXT,
    TLS
  }

  private final Takeover takeover;
  private final String target;
  private final NettyChannelBuilder netty;
  private Choice choice = Choice.NONE;

  TakeoverChannelBuilder(Takeover takeover, String target, NettyChannelBuilder netty) {
    this.takeover = takeover;
    this.target = target;
    this.netty = netty;
  }

  @Override
  protected ManagedChannelBuilder<?> delegate() {
    return netty;
  }

  @Override
  public TakeoverChannelBuilder usePlaintext() {
    choice = Choice.CLEAR_TEXT;
    netty.usePlaintext();
    return this;
  }

  @Override
  public TakeoverChannelBuilder useTransportSecurity() {
    choice = Choice.TLS;
    netty.useTransportSecurity();
    return this;
  }

  @Override
  public ManagedChannel build() {
    switch (choice) {
      case CLEAR_TEXT -> takeOver(Takeover.CLEAR_TEXT_PORT);
      case NONE -> {
        if (takeover.settings().isWantedTarget(target)) {
          takeOver(Takeover.TLS_PORT);
        }
      }
      case TLS -> {}
    }
    return super.build();
  }

  private void takeOver(int defaultPort) {
    InternalNettyChannelBuilder.setProtocolNegotiatorFactory(netty, takeover.clients(defaultPort));
    takeover.log().takenOver("channel to " + target, takeover.settings().mode());
  }
}
