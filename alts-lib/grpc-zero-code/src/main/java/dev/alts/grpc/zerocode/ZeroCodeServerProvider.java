package dev.alts.grpc.zerocode;

import io.grpc.ServerBuilder;
import io.grpc.ServerCredentials;
import io.grpc.ServerProvider;
import io.grpc.netty.NettyServerBuilder;
import java.util.Optional;

/**
 * Makes gRPC's server builders before Netty's own provider is asked. Found by {@link
 * java.util.ServiceLoader}; not for applications.
 */
public final class ZeroCodeServerProvider extends ServerProvider {
  private final Takeover takeover;

  public ZeroCodeServerProvider() {
    this(Takeover.ofThisProcess());
  }

  ZeroCodeServerProvider(Takeover takeover) {
    this.takeover = takeover;
  }

  @Override
  protected boolean isAvailable() {
    return takeover.isOn();
  }

  @Override
  protected int priority() {
    return ZeroCodeChannelProvider.PRIORITY;
  }

  @Override
  protected ServerBuilder<?> builderForPort(int port) {
    NettyServerBuilder netty = NettyServerBuilder.forPort(port);
    if (takeover.settings().isExemptServer(port)) {
      takeover.log().leftAlone("server on port " + port, Settings.EXEMPT);
      return netty;
    }
    return new TakeoverServerBuilder(takeover, port, netty);
  }

  @Override
  protected NewServerBuilderResult newServerBuilderForPort(
      int port, ServerCredentials credentials) {
    Optional<ServerCredentials> mapped = TakenOver.of(credentials, takeover.serverCredentials());
    if (mapped.isEmpty()) {
      return NewServerBuilderResult.error("explicit credentials are not taken over");
    }
    if (takeover.settings().isExemptServer(port)) {
      takeover.log().leftAlone("server on port " + port, Settings.EXEMPT);
      return NewServerBuilderResult.error("port is exempt");
    }
    takeover.log().takenOver("server on port " + port, takeover.settings().mode());
    return NewServerBuilderResult.serverBuilder(NettyServerBuilder.forPort(port, mapped.get()));
  }
}
