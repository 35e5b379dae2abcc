package dev.alts.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.AltsChannelCredentials;
import dev.alts.AltsServerCredentials;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RecordPolicy;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.SwappableSource;
import dev.alts.testing.party.TestParty;
import dev.alts.wire.handshake.v1.NamingEntry;
import dev.alts.wire.handshake.v1.NamingMode;
import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BufferLeaks.class)
class AltsGrpcTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final SwappableSource serverSource = new SwappableSource(party.snapshot("/echo"));
  private final List<Server> servers = new ArrayList<>();
  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void stop() throws InterruptedException {
    for (ManagedChannel channel : channels) {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
    for (Server server : servers) {
      server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void aCallKnowsItsPeerOnBothSidesAndHowItIsProtected() throws Exception {
    Server server = serve(altsServer());
    ManagedChannel channel = connect(server, altsClient("/caller"));

    assertThat(new String(unary(channel, EchoService.WHO, new byte[0]), "US-ASCII"))
        .isEqualTo(party.domain().id("/caller"));
    Attributes attributes = attributesOfACall(channel);
    AltsPeer peer = attributes.get(AltsContextKeys.TRANSPORT_ATTR_PEER);
    assertThat(peer.id()).isEqualTo(id("/echo"));
    assertThat(peer.applicationProtocol()).isEqualTo("grpc");
    assertThat(attributes.get(GrpcAttributes.ATTR_SECURITY_LEVEL))
        .isEqualTo(SecurityLevel.PRIVACY_AND_INTEGRITY);
  }

  @Test
  void integrityAloneInsideABoundaryIsVisibleAndEitherEndCanDemandPrivacy() throws Exception {
    RecordPolicy cheapest =
        new RecordPolicy(List.of("ALTSRP_GMAC_128", "ALTSRP_GCM_AES128_REKEY"), false);
    CredentialSource server =
        CredentialSource.of(party.builder("/echo").recordPolicy(cheapest).build());
    CredentialSource client =
        CredentialSource.of(party.builder("/caller").recordPolicy(cheapest).build());
    Server plain = serve(AltsServerCredentials.newBuilder().credentialSource(server).build());
    Server strict =
        serve(AltsServerCredentials.newBuilder().credentialSource(server).requirePrivacy().build());
    ChannelCredentials any = AltsChannelCredentials.newBuilder().credentialSource(client).build();
    ChannelCredentials demanding =
        AltsChannelCredentials.newBuilder().credentialSource(client).requirePrivacy().build();

    assertThat(securityLevel(plain, any)).isEqualTo(SecurityLevel.INTEGRITY);
    assertThat(securityLevel(plain, demanding)).isEqualTo(SecurityLevel.PRIVACY_AND_INTEGRITY);
    assertThat(securityLevel(strict, any)).isEqualTo(SecurityLevel.PRIVACY_AND_INTEGRITY);
  }

  private SecurityLevel securityLevel(Server server, ChannelCredentials credentials)
      throws Exception {
    Attributes attributes = attributesOfACall(connect(server, credentials));
    SecurityLevel level = attributes.get(GrpcAttributes.ATTR_SECURITY_LEVEL);
    assertThat(attributes.get(AltsContextKeys.TRANSPORT_ATTR_PEER).securityLevel())
        .isEqualTo(
            level == SecurityLevel.INTEGRITY
                ? dev.alts.peer.SecurityLevel.INTEGRITY_ONLY
                : dev.alts.peer.SecurityLevel.INTEGRITY_AND_PRIVACY);
    return level;
  }

  @Test
  @Tag("abuse-30")
  void framesOfAMebibyteAreAgreedOnPerDirection() throws Exception {
    Server server =
        serve(
            AltsServerCredentials.newBuilder()
                .credentialSource(serverSource)
                .maxFrameBytes(16_384)
                .build());
    Server large =
        serve(
            AltsServerCredentials.newBuilder()
                .credentialSource(serverSource)
                .maxFrameBytes(1 << 20)
                .build());
    ChannelCredentials client =
        AltsChannelCredentials.newBuilder()
            .credentialSource(CredentialSource.of(party.snapshot("/caller")))
            .maxFrameBytes(1 << 20)
            .build();
    byte[] chunk = random(3 << 20);

    for (Server each : List.of(server, large)) {
      ManagedChannel channel = connect(each, client);
      assertThat(
              attributesOfACall(channel).get(AltsContextKeys.TRANSPORT_ATTR_PEER).maxFrameBytes())
          .isEqualTo(each == large ? 1 << 20 : 16_384);
      // What is larger than the peer's limit would end the connection.
      assertThat(stream(channel, chunk, 4))
          .hasSize(4)
          .allSatisfy(message -> assertThat(message).isEqualTo(chunk));
    }
  }

  @Test
  void aThousandSmallCallsAndSixteenMebibytesArriveAsTheyWereSent() throws Exception {
    Server server = serve(altsServer());
    ManagedChannel channel = connect(server, altsClient("/caller"));
    for (int i = 0; i < 1_000; i++) {
      byte[] message = {(byte) i, (byte) (i >> 8)};
      assertThat(unary(channel, EchoService.UNARY, message)).isEqualTo(message);
    }

    byte[] chunk = random(1 << 20);
    List<byte[]> received = stream(channel, chunk, 16);

    assertThat(received).hasSize(16).allSatisfy(message -> assertThat(message).isEqualTo(chunk));
  }

  @Test
  void aClientRefusesAServerThatItDidNotMean() throws Exception {
    Server server = serve(altsServer());
    ManagedChannel channel =
        connect(
            server,
            AltsChannelCredentials.newBuilder()
                .credentialSource(CredentialSource.of(party.snapshot("/caller")))
                .peerAuthorizer(PeerAuthorizer.allow(id("/other")))
                .build());

    assertThatThrownBy(() -> unary(channel, EchoService.UNARY, new byte[1]))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("/echo is not among");
  }

  @Test
  void theNamingPolicyRefusesAnImpostorOfTheSameTrustDomain() throws Exception {
    Server server = serve(altsServer());
    ChannelCredentials credentials =
        AltsChannelCredentials.newBuilder()
            .credentialSource(
                CredentialSource.of(
                    party
                        .builder("/caller")
                        .namingPolicy(
                            party.naming(
                                NamingMode.TRUST_DOMAIN,
                                NamingEntry.newBuilder()
                                    .setTargetPattern("orders.test")
                                    .addSpiffeIdPatterns(party.domain().id("/orders"))
                                    .setOrigin("operator")
                                    .build()))
                        .build()))
            .build();
    ManagedChannel meant = connectAs(server, credentials, "other.test");
    ManagedChannel deceived = connectAs(server, credentials, "orders.test");

    assertThat(unary(meant, EchoService.UNARY, new byte[] {4})).containsExactly(4);
    assertThatThrownBy(() -> unary(deceived, EchoService.UNARY, new byte[1]))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("orders.test");
  }

  @Test
  void aCallMayNameAnotherAuthorityOnlyIfItsServerMayAnswerForIt() throws Exception {
    Server server = serve(altsServer());
    ManagedChannel channel =
        connectAs(
            server,
            AltsChannelCredentials.newBuilder()
                .credentialSource(
                    CredentialSource.of(
                        party
                            .builder("/caller")
                            .namingPolicy(
                                party.naming(
                                    NamingMode.TRUST_DOMAIN,
                                    NamingEntry.newBuilder()
                                        .setTargetPattern("orders.test")
                                        .addSpiffeIdPatterns(party.domain().id("/orders"))
                                        .setOrigin("operator")
                                        .build()))
                            .build()))
                .build(),
            "other.test");

    assertThat(
            ClientCalls.blockingUnaryCall(
                channel,
                EchoService.UNARY,
                CallOptions.DEFAULT.withAuthority("third.test"),
                new byte[] {1}))
        .containsExactly(1);
  }

  @Test
  void aServerRefusesTheConnectionOfAClientThatItDoesNotWant() throws Exception {
    Server server =
        serve(
            AltsServerCredentials.newBuilder()
                .credentialSource(serverSource)
                .peerAuthorizer(PeerAuthorizer.allow(id("/friend")))
                .build());
    ManagedChannel channel = connect(server, altsClient("/stranger"));

    assertThatThrownBy(() -> unary(channel, EchoService.UNARY, new byte[1]))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("UNAUTHORIZED");
  }

  @Test
  void aDeniedCallLearnsThatItIsDeniedAndNotWhy() throws Exception {
    List<AltsAuthorization.Denial> denials = new ArrayList<>();
    AltsAuthorization authorization =
        AltsAuthorization.require(PeerAuthorizer.allow(id("/friend")))
            .forMethod("test.Echo/Who", PeerAuthorizer.memberOf(party.trustDomain()))
            .onDenial(denials::add);
    Server server = serve(altsServer(), authorization);
    ManagedChannel channel = connect(server, altsClient("/stranger"));

    assertThatThrownBy(() -> unary(channel, EchoService.UNARY, new byte[1]))
        .hasMessageContaining("PERMISSION_DENIED")
        .satisfies(
            failure -> assertThat(failure.getMessage()).doesNotContain("friend", "stranger"));
    assertThat(unary(channel, EchoService.WHO, new byte[0])).isNotEmpty();
    assertThat(authorization.denials()).isOne();
    assertThat(denials)
        .singleElement()
        .satisfies(denial -> {
          assertThat(denial.peer()).isEqualTo(party.domain().id("/stranger"));
          assertThat(denial.method()).isEqualTo("test.Echo/Unary");
          assertThat(denial.reason()).contains("not among");
        });
  }

  @Test
  void authorizationRefusesACallThatDidNotComeOverAlts() throws Exception {
    Server server =
        serve(
            InsecureServerCredentials.create(),
            AltsAuthorization.require(PeerAuthorizer.anyAuthenticated()));
    ManagedChannel channel = connect(server, InsecureChannelCredentials.create());

    assertThatThrownBy(() -> unary(channel, EchoService.UNARY, new byte[1]))
        .hasMessageContaining("UNAUTHENTICATED");
  }

  @Test
  void rotationWhileCallsRunFailsNone() throws Exception {
    // not by enterIdle() of the channel, which now and then forgets a call that begins meanwhile
    Server server =
        serve(altsServer(), builder -> builder.maxConnectionAge(100, TimeUnit.MILLISECONDS));
    SwappableSource clientSource = new SwappableSource(party.snapshot("/caller"));
    ManagedChannel channel =
        connect(server, AltsChannelCredentials.newBuilder().credentialSource(clientSource).build());
    AtomicBoolean stop = new AtomicBoolean();
    Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();
    CompletableFuture<Void> running =
        CompletableFuture.runAsync(() -> {
          while (!stop.get()) {
            connections.add(addressOfACall(channel));
          }
        });

    for (int rotation = 0; rotation < 5; rotation++) {
      int before = connections.size();
      serverSource.swap(party.snapshot("/echo"));
      clientSource.swap(party.snapshot("/caller"));
      // the next connection may have begun before
      awaitTrue(() -> connections.size() > before + 1 || running.isDone());
    }
    stop.set(true);

    running.get(30, TimeUnit.SECONDS);
    assertThat(connections).hasSizeGreaterThanOrEqualTo(10);
  }

  private static SocketAddress addressOfACall(ManagedChannel channel) {
    try {
      return attributesOfACall(channel).get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);
    } catch (Exception e) {
      throw new AssertionError("a call failed", e);
    }
  }

  @Test
  void aChannelThatReconnectsToAnotherReplicaResumes() throws Exception {
    Server first = serve(altsServer());
    // another process with the same identity: its own certificate, the same resumption keys
    Server second =
        serve(
            AltsServerCredentials.newBuilder()
                .credentialSource(new SwappableSource(party.snapshot("/echo")))
                .build());
    ChannelCredentials shared = altsClient("/caller");
    AltsPeer atFirst =
        attributesOfACall(connectAs(first, shared, "echo.test"))
            .get(AltsContextKeys.TRANSPORT_ATTR_PEER);
    AltsPeer atSecond =
        attributesOfACall(connectAs(second, shared, "echo.test"))
            .get(AltsContextKeys.TRANSPORT_ATTR_PEER);

    assertThat(atFirst.resumed()).isFalse();
    assertThat(atSecond.resumed()).isTrue();
    assertThat(atSecond.id()).isEqualTo(id("/echo"));
  }

  @Test
  void channelsAreReplacedInTimeWithoutFailingACall() throws Exception {
    serverSource.swap(party.builder("/echo").maxChannelLife(Duration.ofSeconds(2)).build());
    Server server = serve(altsServer());
    ManagedChannel channel = connect(server, altsClient("/caller"));
    Set<SocketAddress> connections = new HashSet<>();

    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(6);
    while (System.nanoTime() < end) {
      connections.add(attributesOfACall(channel).get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
    }

    assertThat(connections).hasSizeGreaterThan(1);
  }

  @Test
  void aStreamAcrossTheEndOfItsChannelIsToldBeforeAndNoOtherCallFails() throws Exception {
    serverSource.swap(party.builder("/echo").maxChannelLife(Duration.ofSeconds(3)).build());
    Server server = serve(altsServer());
    ManagedChannel channel = connect(server, altsClient("/caller"));
    CompletableFuture<Status> end = new CompletableFuture<>();
    CompletableFuture<byte[]> first = new CompletableFuture<>();
    ClientCall<byte[], byte[]> stream = channel.newCall(EchoService.STREAM, CallOptions.DEFAULT);
    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(
            stream,
            new StreamObserver<>() {
              @Override
              public void onNext(byte[] message) {
                first.complete(message);
              }

              @Override
              public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    requests.onNext(new byte[] {1});
    assertThat(first.get(20, TimeUnit.SECONDS)).containsExactly(1);
    SocketAddress old = stream.getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR);

    // never finished, so that it outlives the grace too; what else is called goes on meanwhile
    Set<SocketAddress> connections = new HashSet<>();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!end.isDone()) {
      assertThat(System.nanoTime())
          .as("the stream outlived its channel's life")
          .isLessThan(deadline);
      connections.add(attributesOfACall(channel).get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
    }

    connections.add(attributesOfACall(channel).get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR));
    assertThat(connections).anySatisfy(used -> assertThat(used).isNotEqualTo(old));
    assertThat(end.get().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(end.get().getDescription()).contains("GOAWAY");
  }

  @Test
  void aNewNamingPolicyEndsTheChannelOfAServerThatIsNotTheRightOneAnyMore() throws Exception {
    Server server = serve(altsServer());
    SwappableSource clientSource = new SwappableSource(party.snapshot("/caller"));
    ManagedChannel channel =
        connectAs(
            server,
            AltsChannelCredentials.newBuilder().credentialSource(clientSource).build(),
            "orders.test");
    assertThat(unary(channel, EchoService.UNARY, new byte[] {1})).containsExactly(1);

    clientSource.swap(
        party
            .builder("/caller")
            .namingPolicy(
                party.naming(
                    NamingMode.TRUST_DOMAIN,
                    NamingEntry.newBuilder()
                        .setTargetPattern("orders.test")
                        .addSpiffeIdPatterns(party.domain().id("/orders"))
                        .setOrigin("operator")
                        .build()))
            .build());

    awaitTrue(() -> channel.getState(false) != ConnectivityState.READY);
    assertThatThrownBy(() -> unary(channel, EchoService.UNARY, new byte[1]))
        .hasMessageContaining("UNAVAILABLE");
  }

  @Test
  void aPlaintextClientIsToldThatTheServerSpeaksAlts() throws Exception {
    Server server = serve(altsServer());
    ManagedChannel channel = connect(server, InsecureChannelCredentials.create());

    assertThatThrownBy(() -> unary(channel, EchoService.UNARY, new byte[1]))
        .hasMessageContaining("this server speaks ALTS");
  }

  @Test
  void aClientIsToldThatTheServerSpeaksPlaintext() throws Exception {
    Server server = serve(InsecureServerCredentials.create());
    ManagedChannel channel = connect(server, altsClient("/caller"));

    assertThatThrownBy(() -> unary(channel, EchoService.UNARY, new byte[1]))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("plaintext HTTP/2");
  }

  @Test
  @Tag("abuse-33")
  void aCompressionBombIsStoppedAtTheMessageLimit() throws Exception {
    Server server = serve(altsServer());
    ManagedChannel channel = connect(server, altsClient("/caller"));

    assertThatThrownBy(() ->
            ClientCalls.blockingUnaryCall(
                channel,
                EchoService.UNARY,
                CallOptions.DEFAULT.withCompression("gzip"),
                new byte[64 << 20]))
        // RESOURCE_EXHAUSTED on the server, which gRPC shows its callers as a failed call
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            failure ->
                assertThat(failure.getStatus().getCode())
                    .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNKNOWN));
    assertThat(unary(channel, EchoService.UNARY, new byte[] {3})).containsExactly(3);
  }

  private ServerCredentials altsServer() {
    return AltsServerCredentials.newBuilder().credentialSource(serverSource).build();
  }

  private ChannelCredentials altsClient(String path) {
    return AltsChannelCredentials.newBuilder()
        .credentialSource(CredentialSource.of(party.snapshot(path)))
        .build();
  }

  private Server serve(ServerCredentials credentials, ServerInterceptor... interceptors)
      throws IOException {
    return serve(credentials, builder -> List.of(interceptors).forEach(builder::intercept));
  }

  private Server serve(ServerCredentials credentials, Consumer<NettyServerBuilder> more)
      throws IOException {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), credentials);
    more.accept(builder);
    Server server =
        builder
            .intercept(AltsContextKeys.serverInterceptor())
            .addService(new EchoService())
            .build()
            .start();
    servers.add(server);
    return server;
  }

  private ManagedChannel connect(Server server, ChannelCredentials credentials) {
    return connectAs(server, credentials, "echo.test");
  }

  private ManagedChannel connectAs(
      Server server, ChannelCredentials credentials, String authority) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()),
                credentials)
            .overrideAuthority(authority)
            .build();
    channels.add(channel);
    return channel;
  }

  private static byte[] unary(
      ManagedChannel channel, MethodDescriptor<byte[], byte[]> method, byte[] message) {
    return ClientCalls.blockingUnaryCall(
        channel, method, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS), message);
  }

  private static List<byte[]> stream(ManagedChannel channel, byte[] chunk, int count)
      throws InterruptedException {
    List<byte[]> received = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(EchoService.STREAM, CallOptions.DEFAULT),
            new StreamObserver<>() {
              @Override
              public void onNext(byte[] message) {
                received.add(message);
              }

              @Override
              public void onError(Throwable failure) {
                done.countDown();
              }

              @Override
              public void onCompleted() {
                done.countDown();
              }
            });
    for (int i = 0; i < count; i++) {
      requests.onNext(chunk);
    }
    requests.onCompleted();
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    return received;
  }

  private static Attributes attributesOfACall(ManagedChannel channel) throws Exception {
    ClientCall<byte[], byte[]> call =
        channel.newCall(
            EchoService.UNARY, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));
    ClientCalls.futureUnaryCall(call, new byte[] {1}).get(30, TimeUnit.SECONDS);
    return call.getAttributes();
  }

  private SpiffeId id(String path) {
    return SpiffeId.parse(party.domain().id(path));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private interface Condition {
    boolean holds();
  }

  private static void awaitTrue(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
