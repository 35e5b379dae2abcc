package dev.alts.grpc;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ProcessEnvironment;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.handshake.Negotiation;
import dev.alts.peer.CredentialSource;
import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.internal.ObjectPool;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Makes what gRPC wants from what ALTS has: negotiators, one per channel or server. */
public final class AltsNegotiators {
  private static final int DEFAULT_PORT = 443;

  private AltsNegotiators() {}

  /**
   * {@return credentials whose channels each have an endpoint of their own}
   *
   * @param sources gives a handle that its endpoint closes when the channel is shut down
   */
  public static ChannelCredentials channelCredentials(
      ClientEndpoint.Options options, Supplier<CredentialSource> sources) {
    return InternalNettyChannelCredentials.create(
        new InternalProtocolNegotiator.ClientFactory() {
          @Override
          public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator() {
            return client(new ClientEndpoint(ProcessEnvironment.get(), sources.get(), options));
          }

          @Override
          public int getDefaultPort() {
            return DEFAULT_PORT;
          }
        });
  }

  /** {@return credentials whose servers each have an endpoint of their own} */
  public static ServerCredentials serverCredentials(
      ServerEndpoint.Options options, Supplier<CredentialSource> sources) {
    return InternalNettyServerCredentials.create(
        new InternalProtocolNegotiator.ServerFactory() {
          @Override
          public InternalProtocolNegotiator.ProtocolNegotiator newNegotiator(
              ObjectPool<? extends Executor> offloadExecutors) {
            return server(new ServerEndpoint(ProcessEnvironment.get(), sources.get(), options));
          }
        });
  }

  /** {@return the negotiator of one channel; it owns {@code endpoint}} */
  public static InternalProtocolNegotiator.ProtocolNegotiator client(ClientEndpoint endpoint) {
    return new AltsProtocolNegotiator.Client(endpoint);
  }

  /** {@return the negotiator of one server; it owns {@code endpoint}} */
  public static InternalProtocolNegotiator.ProtocolNegotiator server(ServerEndpoint endpoint) {
    return new AltsProtocolNegotiator.Server(endpoint);
  }

  /** {@return what gRPC says in handshakes, with these choices} */
  public static Negotiation negotiation(int maxFrameBytes, boolean requirePrivacy) {
    Negotiation grpc = Negotiation.GRPC;
    return new Negotiation(
        grpc.suites(),
        grpc.applicationProtocols(),
        grpc.transportProtocols(),
        grpc.rpcVersions(),
        maxFrameBytes,
        requirePrivacy);
  }
}
