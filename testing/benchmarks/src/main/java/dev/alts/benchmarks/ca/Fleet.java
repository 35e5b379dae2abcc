package dev.alts.benchmarks.ca;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.AttestResponse;
import dev.alts.api.machine.v1.GetTrustDocumentRequest;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.MachineKeys;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.tls.SvidTrustManager;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.ByteArrayInputStream;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;

/** Attested machines, each with a connection of its own that shows its certificate. */
final class Fleet implements AutoCloseable {
  private static final String[] GROUPS = {"X25519MLKEM768"};
  private static final SecureRandom RANDOM = new SecureRandom();

  /** Attestations over one connection: each ends with a reset, of which the CA allows so many. */
  private static final int PER_CONNECTION = 50;

  private static final int AT_ONCE = 8;

  /** As the agent's. */
  private static final int KEEP_ALIVE_SECONDS = 60;

  private final EventLoopGroup eventLoops =
      new MultiThreadIoEventLoopGroup(
          1, new DefaultThreadFactory("fleet", true), EpollIoHandler.newFactory());
  private final List<Identity> identities = Collections.synchronizedList(new ArrayList<>());
  private final List<ManagedChannel> channels = Collections.synchronizedList(new ArrayList<>());
  private final int port;

  private Fleet(int port) {
    this.port = port;
  }

  /** What a machine shows. */
  private record Identity(PrivateKey key, X509Certificate certificate) {}

  /** Has one machine attest with each secret, as an agent does at its first start. */
  static Fleet attest(CaServer ca, List<Bytes> secrets) throws Exception {
    Fleet fleet = new Fleet(ca.machinePort());
    TrustManager caOnly = fleet.caOnly(RootFingerprint.parse(ca.rootFingerprint()));
    List<Callable<Void>> groups = new ArrayList<>();
    for (int from = 0; from < secrets.size(); from += PER_CONNECTION) {
      List<Bytes> group = secrets.subList(from, Math.min(from + PER_CONNECTION, secrets.size()));
      groups.add(() -> {
        fleet.attest(group, caOnly);
        return null;
      });
    }
    try (ExecutorService workers = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Future<Void> attested : workers.invokeAll(groups)) {
        attested.get();
      }
    }
    return fleet;
  }

  /**
   * {@return the same machines, to talk to another server, of which nothing is checked} Nothing
   * connects before it is used.
   */
  Fleet at(int otherPort) throws Exception {
    Fleet other = new Fleet(otherPort);
    TrustManager anyone = InsecureTrustManagerFactory.INSTANCE.getTrustManagers()[0];
    for (Identity identity : identities) {
      other.add(identity, anyone);
    }
    return other;
  }

  private void add(Identity identity, TrustManager trust) throws Exception {
    identities.add(identity);
    channels.add(
        connect(
            SslContextBuilder.forClient().keyManager(identity.key(), identity.certificate()),
            trust));
  }

  private void attest(List<Bytes> secrets, TrustManager caOnly) throws Exception {
    ManagedChannel stranger = connect(SslContextBuilder.forClient(), caOnly);
    for (Bytes secret : secrets) {
      KeyPair tls = EcdsaP256.best().generateKeyPair(RANDOM);
      add(new Identity(tls.getPrivate(), attest(stranger, secret, tls)), caOnly);
    }
    stranger.shutdownNow();
  }

  List<ManagedChannel> channels() {
    return List.copyOf(channels);
  }

  private TrustManager caOnly(RootFingerprint root) throws Exception {
    ManagedChannel anyone =
        connect(
            SslContextBuilder.forClient(),
            InsecureTrustManagerFactory.INSTANCE.getTrustManagers()[0]);
    TrustDocument document =
        TrustDocument.open(
            MachineGrpc.newBlockingStub(anyone)
                .getTrustDocument(GetTrustDocumentRequest.getDefaultInstance())
                .getTrustDocument(),
            root);
    anyone.shutdownNow();
    VerificationContext context = VerificationContext.ofOwn(new TrustedDomain(document, null));
    return new SvidTrustManager(
        new PeerVerifier(), () -> context, id -> id.path().equals("/ca"), InstantSource.system());
  }

  private ManagedChannel connect(SslContextBuilder tls, TrustManager trust) throws Exception {
    return NettyChannelBuilder.forAddress("127.0.0.1", port)
        .overrideAuthority("ca")
        .sslContext(
            GrpcSslContexts.configure(tls, SslProvider.OPENSSL)
                .protocols("TLSv1.3")
                .option(OpenSslContextOption.GROUPS, GROUPS.clone())
                .trustManager(trust)
                .build())
        .eventLoopGroup(eventLoops)
        .channelType(EpollSocketChannel.class)
        .directExecutor()
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  private static X509Certificate attest(ManagedChannel over, Bytes secret, KeyPair tls)
      throws Exception {
    CompletableFuture<MachineCredentials> answer = new CompletableFuture<>();
    StreamObserver<AttestRequest> requests =
        MachineGrpc.newStub(over)
            .attest(
                new StreamObserver<AttestResponse>() {
                  @Override
                  public void onNext(AttestResponse response) {
                    answer.complete(response.getCredentials());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {
                    answer.completeExceptionally(new IllegalStateException("no credentials"));
                  }
                });
    requests.onNext(
        AttestRequest.newBuilder()
            .setStart(
                AttestRequest.Start.newBuilder()
                    .setAttestor("join-token")
                    .setEvidence(ByteString.copyFrom(secret.asByteBuffer()))
                    .setKeys(
                        MachineKeys.newBuilder()
                            .setMasterSpki(PublicKeys.fresh())
                            .setTlsSpki(ByteString.copyFrom(tls.getPublic().getEncoded())))
                    .setAgentVersion("bench"))
            .build());
    MachineCredentials credentials = answer.get(60, TimeUnit.SECONDS);
    requests.onCompleted();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(credentials.getTls().getChain(0).toByteArray()));
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
    eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
