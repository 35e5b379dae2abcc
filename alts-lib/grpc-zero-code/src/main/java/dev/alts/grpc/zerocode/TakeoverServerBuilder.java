package dev.alts.grpc.zerocode;

import io.grpc.ForwardingServerBuilder;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.File;
import java.io.InputStream;

/** Netty's builder: without a certificate of its own the server speaks ALTS, else what it chose. */
final class TakeoverServerBuilder extends ForwardingServerBuilder<TakeoverServerBuilder> {
  private final Takeover takeover;
  private final int port;
  private final NettyServerBuilder netty;
  private boolean hasCertificate;

  TakeoverServerBuilder(Takeover takeover, int port, NettyServerBuilder netty) {
    this.takeover = takeover;
    this.port = port;
    this.netty = netty;
  }

  @Override
  protected ServerBuilder<?> delegate() {
    return netty;
  }

  @Override
  public TakeoverServerBuilder useTransportSecurity(File chain, File privateKey) {
    hasCertificate = true;
    netty.useTransportSecurity(chain, privateKey);
    return this;
  }

  @Override
  public TakeoverServerBuilder useTransportSecurity(InputStream chain, InputStream privateKey) {
    hasCertificate = true;
    netty.useTransportSecurity(chain, privateKey);
    return this;
  }

  @Override
  public Server build() {
    if (!hasCertificate) {
      netty.protocolNegotiator(takeover.protection().newServer());
      takeover.log().takenOver("server on port " + port, takeover.settings().mode());
    }
    return super.build();
  }
}
