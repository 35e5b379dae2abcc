package dev.alts.agent.upstream;

import dev.alts.agent.tracing.Traces;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.X509Svid;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes channels to whichever replica of the CA answers: TLS 1.3 by BoringSSL where it is present,
 * with X25519MLKEM768 first, so that what is recorded today stays closed to tomorrow's quantum
 * computers.
 */
public final class CaChannels {
  private static final String[] GROUPS = {"X25519MLKEM768", "X25519"};
  private static final int MAX_MESSAGE_BYTES = 8 << 20;

  /** The CA permits one every 10 s; more would be the greatest cost of ten thousand idle agents. */
  private static final long KEEP_ALIVE_SECONDS = 60;

  /**
   * What may be sent twice: an answer that was lost is given again, and nothing is issued twice.
   */
  private static final Map<String, ?> RETRIES =
      Map.of(
          "methodConfig",
          List.of(
              Map.of(
                  "name",
                  Stream.of("GetTrustDocument", "Issue", "Renew")
                      .map(method -> Map.of("service", MachineGrpc.SERVICE_NAME, "method", method))
                      .toList(),
                  "retryPolicy",
                  Map.of(
                      "maxAttempts",
                      5.0,
                      "initialBackoff",
                      "0.1s",
                      "maxBackoff",
                      "1s",
                      "backoffMultiplier",
                      2.0,
                      "retryableStatusCodes",
                      List.of("UNAVAILABLE")))));

  private final CaAddresses addresses;
  private final EventLoopGroup eventLoops;
  private final Traces traces;

  public CaChannels(CaAddresses addresses, EventLoopGroup eventLoops, Traces traces) {
    this.addresses = addresses;
    this.eventLoops = eventLoops;
    this.traces = traces;
  }

  public CaAddresses addresses() {
    return addresses;
  }

  /**
   * {@return a channel to whoever answers} For the trust document alone, which is verified against
   * the root's fingerprint; nothing secret may ever be sent over it.
   */
  ManagedChannel toAnyone() {
    return channel(
        tls().trustManager(InsecureTrustManagerFactory.INSTANCE.getTrustManagers()[0]), null);
  }

  /**
   * {@return a channel to the CA that {@code trustManager} accepts}
   *
   * @param machine shown to the CA; absent before attestation
   */
  ManagedChannel toCa(X509ExtendedTrustManager trustManager, @Nullable X509Svid machine) {
    return channel(tls().trustManager(trustManager), machine);
  }

  private ManagedChannel channel(SslContextBuilder tls, @Nullable X509Svid machine) {
    try {
      if (machine != null) {
        tls.keyManager(machine.privateKey(), machine.x509Chain().toArray(new X509Certificate[0]));
      }
      return NettyChannelBuilder.forTarget(CaNameResolverProvider.target(addresses))
          .sslContext(context(tls))
          .eventLoopGroup(eventLoops)
          .channelType(EpollSocketChannel.class)
          .directExecutor()
          .intercept(traces.toCa())
          .defaultServiceConfig(RETRIES)
          .enableRetry()
          .maxInboundMessageSize(MAX_MESSAGE_BYTES)
          .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
          .build();
    } catch (SSLException | InvalidCertificateException e) {
      throw new IllegalStateException("TLS to the CA: the machine's certificate or key", e);
    }
  }

  private static SslContextBuilder tls() {
    SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    return GrpcSslContexts.configure(SslContextBuilder.forClient(), provider).protocols("TLSv1.3");
  }

  private static SslContext context(SslContextBuilder tls) throws SSLException {
    if (OpenSsl.isAvailable()) {
      tls.option(OpenSslContextOption.GROUPS, GROUPS.clone());
    }
    return tls.build();
  }
}
