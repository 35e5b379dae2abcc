package dev.alts.grpc.zerocode;

import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyChannelProvider;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Makes gRPC's channel builders before Netty's own provider is asked. What it does not take over it
 * leaves to whoever comes next, as gRPC would without it. Found by {@link java.util.ServiceLoader};
 * not for applications.
 */
public final class ZeroCodeChannelProvider extends ManagedChannelProvider {
  /** Above Netty's and OkHttp's, with room for one that an application brings itself. */
  static final int PRIORITY = 8;

  private final NettyChannelProvider netty = new NettyChannelProvider();
  private final Takeover takeover;

  public ZeroCodeChannelProvider() {
    this(Takeover.ofThisProcess());
  }

  ZeroCodeChannelProvider(Takeover takeover) {
    this.takeover = takeover;
  }

  @Override
  protected boolean isAvailable() {
    return takeover.isOn();
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  protected ManagedChannelBuilder<?> builderForAddress(String name, int port) {
    NettyChannelBuilder builder = netty.builderForAddress(name, port);
    return builder(
        name.contains(":") ? "[%s]:%d".formatted(name, port) : name + ":" + port, builder);
  }

  @Override
  protected ManagedChannelBuilder<?> builderForTarget(String target) {
    return builder(target, netty.builderForTarget(target));
  }

  @Override
  protected NewChannelBuilderResult newChannelBuilder(
      String target, ChannelCredentials credentials) {
    return newChannelBuilder(
        target, credentials, mapped -> netty.newChannelBuilder(target, mapped));
  }

  @Override
  protected NewChannelBuilderResult newChannelBuilder(
      String target,
      ChannelCredentials credentials,
      NameResolverRegistry resolvers,
      NameResolverProvider resolver) {
    return newChannelBuilder(
        target,
        credentials,
        mapped -> netty.newChannelBuilder(target, mapped, resolvers, resolver));
  }

  /** Not Unix sockets: their bytes do not leave the machine, and the kernel guards the path. */
  @Override
  protected Collection<Class<? extends SocketAddress>> getSupportedSocketAddressTypes() {
    return Set.of(InetSocketAddress.class);
  }

  private ManagedChannelBuilder<?> builder(String target, NettyChannelBuilder builder) {
    if (takeover.settings().isExemptTarget(target)) {
      takeover.log().leftAlone("channel to " + target, Settings.EXEMPT);
      return builder;
    }
    return new TakeoverChannelBuilder(takeover, target, builder);
  }

  private NewChannelBuilderResult newChannelBuilder(
      String target,
      ChannelCredentials credentials,
      Function<ChannelCredentials, NewChannelBuilderResult> next) {
    Optional<ChannelCredentials> mapped = TakenOver.of(credentials, takeover.channelCredentials());
    if (mapped.isEmpty()) {
      return NewChannelBuilderResult.error("explicit credentials are not taken over");
    }
    if (takeover.settings().isExemptTarget(target)) {
      takeover.log().leftAlone("channel to " + target, Settings.EXEMPT);
      return NewChannelBuilderResult.error("target is exempt");
    }
    takeover.log().takenOver("channel to " + target, takeover.settings().mode());
    return next.apply(mapped.get());
  }
}
