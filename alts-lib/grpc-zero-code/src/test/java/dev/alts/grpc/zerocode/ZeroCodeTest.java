package dev.alts.grpc.zerocode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.peer.CredentialSource;
import dev.alts.testing.OrdinaryTls;
import dev.alts.testing.party.TestParty;
import io.grpc.ChannelCredentials;
import io.grpc.EquivalentAddressGroup;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolver.ResolutionResult;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.StatusOr;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is taken over and what is left alone, over real connections. */
class ZeroCodeTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final Network network = new Network();
  private final CredentialSource shop = CredentialSource.of(party.snapshot("/shop"));
  private final CredentialSource orders = CredentialSource.of(party.snapshot("/orders"));

  @AfterEach
  void stop() throws InterruptedException {
    network.close();
  }

  @Test
  void plaintextChannelAndServerWithoutCredentialsSpeakAlts() throws Exception {
    Server server = network.serve(servers(network.enforcing(orders)).builderForPort(0), "orders");
    ManagedChannel channel =
        network.connect(
            channels(network.enforcing(shop))
                .builderForTarget(Network.target(server))
                .usePlaintext());

    assertThat(Echo.ask(channel)).isEqualTo("orders saw " + party.domain().id("/shop"));
  }

  @Test
  void addressesArePlaintextTargetsToo() throws Exception {
    Server server = network.serve(servers(network.enforcing(orders)).builderForPort(0), "orders");
    ManagedChannel channel =
        network.connect(
            channels(network.enforcing(shop))
                .builderForAddress("localhost", server.getPort())
                .usePlaintext());

    assertThat(Echo.ask(channel)).isEqualTo("orders saw " + party.domain().id("/shop"));
  }

  @Test
  void insecureCredentialsBecomeAlts() throws Exception {
    Server server =
        network.serve(
            servers(network.enforcing(orders))
                .newServerBuilderForPort(0, InsecureServerCredentials.create())
                .getServerBuilder(),
            "orders");
    ManagedChannel channel =
        network.connect(
            channels(network.enforcing(shop))
                .newChannelBuilder(Network.target(server), InsecureChannelCredentials.create())
                .getChannelBuilder());

    assertThat(Echo.ask(channel)).isEqualTo("orders saw " + party.domain().id("/shop"));
  }

  @Test
  void clearTextIsNeitherServedNorSpokenInTheEnforcingMode() throws Exception {
    Server taken = network.serve(servers(network.enforcing(orders)).builderForPort(0), "orders");
    Server clear = network.serve(Network.clearTextServer(), "clear");
    ManagedChannel intruder =
        network.connect(NettyChannelBuilder.forTarget(Network.target(taken)).usePlaintext());
    ManagedChannel channel =
        network.connect(
            channels(network.enforcing(shop))
                .builderForTarget(Network.target(clear))
                .usePlaintext());

    assertThatThrownBy(() -> Echo.askOnce(intruder)).isInstanceOf(StatusRuntimeException.class);
    assertThatThrownBy(() -> Echo.askOnce(channel))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("plaintext HTTP/2");
  }

  @Test
  void withoutAnAgentThereIsNoConnectionAndTheErrorSaysWhatToDo(@TempDir Path directory)
      throws Exception {
    Server clear = network.serve(Network.clearTextServer(), "clear");
    ManagedChannel channel =
        network.connect(
            channels(network.enforcing(NoAgent.in(directory)))
                .builderForTarget(Network.target(clear))
                .usePlaintext());

    assertThatThrownBy(() -> Echo.askOnce(channel))
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining("no agent at")
        .hasMessageContaining("start alts-agent");
  }

  @Test
  void explicitCredentialsAreLeftToWhoeverMakesThem() throws Exception {
    ChannelCredentials tls = TlsChannelCredentials.create();

    assertThat(channels(network.enforcing(shop)).newChannelBuilder("host", tls).getChannelBuilder())
        .isNull();
  }

  @Test
  void aServerWithACertificateKeepsIt(@TempDir Path directory) throws Exception {
    OrdinaryTls tls = OrdinaryTls.make(directory);
    ServerCredentials explicit =
        TlsServerCredentials.newBuilder().keyManager(tls.keyManagers()).build();
    assertThat(
            servers(network.enforcing(orders))
                .newServerBuilderForPort(0, explicit)
                .getServerBuilder())
        .isNull();
    Server server =
        network.serve(
            servers(network.enforcing(orders))
                .builderForPort(0)
                .useTransportSecurity(tls.chain(), tls.privateKey()),
            "ordinary");

    ManagedChannel channel =
        network.connect(
            NettyChannelBuilder.forTarget(
                Network.target(server),
                TlsChannelCredentials.newBuilder().trustManager(tls.trustManagers()).build()));

    assertThat(Echo.ask(channel)).isEqualTo("ordinary saw nobody");
  }

  @Test
  void aChannelThatChoseTlsOrNothingIsLeftAloneUnlessTheOperatorNamesIt() throws Exception {
    Server server = network.serve(servers(network.enforcing(orders)).builderForPort(0), "orders");
    String target = Network.target(server);
    Takeover named = network.takeover(shop, Map.of(Settings.TARGETS, "example.org, localhost"));

    ManagedChannel silent =
        network.connect(channels(network.enforcing(shop)).builderForTarget(target));
    ManagedChannel tls =
        network.connect(channels(named).builderForTarget(target).useTransportSecurity());
    ManagedChannel wanted = network.connect(channels(named).builderForTarget(target));

    assertThatThrownBy(() -> Echo.askOnce(silent)).isInstanceOf(StatusRuntimeException.class);
    assertThatThrownBy(() -> Echo.askOnce(tls)).isInstanceOf(StatusRuntimeException.class);
    assertThat(Echo.ask(wanted)).isEqualTo("orders saw " + party.domain().id("/shop"));
  }

  @Test
  void exemptTargetsAndPortsStayInClearText() throws Exception {
    Server clear = network.serve(Network.clearTextServer(), "clear");
    Takeover exempting =
        network.takeover(shop, Map.of(Settings.EXEMPT, "localhost:" + clear.getPort() + ",:0"));

    ManagedChannel plaintext =
        network.connect(channels(exempting).builderForTarget(Network.target(clear)).usePlaintext());
    Server exempt = network.serve(servers(exempting).builderForPort(0), "exempt");
    ManagedChannel ordinary =
        network.connect(NettyChannelBuilder.forTarget(Network.target(exempt)).usePlaintext());

    assertThat(Echo.ask(plaintext)).isEqualTo("clear saw nobody");
    assertThat(Echo.ask(ordinary)).isEqualTo("exempt saw nobody");
    assertThat(
            channels(exempting)
                .newChannelBuilder(Network.target(clear), InsecureChannelCredentials.create())
                .getChannelBuilder())
        .isNull();
    assertThat(
            servers(exempting)
                .newServerBuilderForPort(0, InsecureServerCredentials.create())
                .getServerBuilder())
        .isNull();
  }

  @Test
  void namesAreResolvedAndLoadIsBalancedAsBefore() throws Exception {
    Server one = network.serve(servers(network.enforcing(orders)).builderForPort(0), "one");
    Server two = network.serve(servers(network.enforcing(orders)).builderForPort(0), "two");
    TwoReplicas replicas = new TwoReplicas(one.getPort(), two.getPort());
    NameResolverRegistry.getDefaultRegistry().register(replicas);
    try {
      ManagedChannel channel =
          network.connect(
              channels(network.enforcing(shop))
                  .builderForTarget("replicas:///orders")
                  .defaultLoadBalancingPolicy("round_robin")
                  .usePlaintext());

      Set<String> answers = new TreeSet<>();
      for (int i = 0; answers.size() < 2 && i < 1_000; i++) {
        answers.add(Echo.ask(channel));
      }

      assertThat(answers)
          .containsExactly(
              "one saw " + party.domain().id("/shop"), "two saw " + party.domain().id("/shop"));
      // gRPC's default for clear text, which a target without a port relied on
      assertThat(replicas.defaultPort.get()).isEqualTo(80);
    } finally {
      NameResolverRegistry.getDefaultRegistry().deregister(replicas);
    }
  }

  @Test
  void offIsAsIfTheJarWereNotThere() {
    Takeover off = network.takeover(shop, Map.of(Settings.MODE, "off"));

    assertThat(channels(off).isAvailable()).isFalse();
    assertThat(servers(off).isAvailable()).isFalse();
    assertThat(channels(network.enforcing(shop)).isAvailable()).isTrue();
  }

  @Test
  void unixSocketsAndInProcessAreNotOurs() {
    assertThat(channels(network.enforcing(shop)).getSupportedSocketAddressTypes())
        .containsExactly(InetSocketAddress.class);
  }

  private static ZeroCodeChannelProvider channels(Takeover takeover) {
    return new ZeroCodeChannelProvider(takeover);
  }

  private static ZeroCodeServerProvider servers(Takeover takeover) {
    return new ZeroCodeServerProvider(takeover);
  }

  /** Resolves every name to two servers on loopback. */
  private static final class TwoReplicas extends NameResolverProvider {
    final AtomicInteger defaultPort = new AtomicInteger();
    private final List<EquivalentAddressGroup> addresses;

    TwoReplicas(int... ports) {
      addresses =
          java.util.Arrays.stream(ports)
              .mapToObj(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .map(EquivalentAddressGroup::new)
              .toList();
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
      defaultPort.set(arguments.getDefaultPort());
      return new NameResolver() {
        @Override
        public String getServiceAuthority() {
          return "orders";
        }

        @Override
        public void start(Listener2 listener) {
          listener.onResult(
              ResolutionResult.newBuilder()
                  .setAddressesOrError(StatusOr.fromValue(addresses))
                  .build());
        }

        @Override
        public void shutdown() {}
      };
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 5;
    }

    @Override
    public String getDefaultScheme() {
      return "replicas";
    }

    @Override
    public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
      return Stream.<Class<? extends SocketAddress>>of(InetSocketAddress.class).toList();
    }
  }
}
