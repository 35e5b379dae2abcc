package dev.alts.agent.handshaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alts.agent.AgentConfig;
import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.testing.TestTrustDomain;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.alts.AltsChannelCredentials;
import io.grpc.alts.AltsServerCredentials;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** gRPC-Java's own ALTS, as it is published, asking our agent; against itself and our library. */
@Timeout(180)
class GrpcJavaStackTest {
  private static final String WEB = "spiffe://demo.alts/demo/web";
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path directory;
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", Instant.now());
  private final List<Runnable> endings = new ArrayList<>();
  private FakeCa ca;
  private AgentConfig config;
  private RunningAgent agent;

  /** Who speaks at one end. */
  enum Stack {
    GRPC_JAVA,
    OURS
  }

  /** All pairs with gRPC-Java in them. */
  enum Pair {
    JAVA_TO_JAVA(Stack.GRPC_JAVA, Stack.GRPC_JAVA),
    JAVA_TO_OURS(Stack.GRPC_JAVA, Stack.OURS),
    OURS_TO_JAVA(Stack.OURS, Stack.GRPC_JAVA);

    private final Stack client;
    private final Stack server;

    Pair(Stack client, Stack server) {
      this.client = client;
      this.server = server;
    }
  }

  @BeforeEach
  void start() throws Exception {
    ca = FakeCa.of(domain);
    ca.rules = List.of(new FakeCa.Rule("everyone", facts -> true, "/demo/web", ""));
    AgentConfig free =
        RunningAgent.withHandshakerPort(
            RunningAgent.config(directory, ca.address(), ca.mintToken()), 0);
    agent = RunningAgent.start(free);
    config = RunningAgent.withHandshakerPort(free, agent.handshakerPort());
  }

  @AfterEach
  void stop() {
    endings.reversed().forEach(Runnable::run);
    agent.close();
    ca.close();
  }

  @ParameterizedTest
  @EnumSource
  @Tag("abuse-30")
  void everyPairTalks(Pair pair) throws Exception {
    ManagedChannel channel = channel(serve(pair.server), pair.client);

    assertThat(Echo.one(channel, new byte[] {1, 2, 3})).containsExactly(1, 2, 3);
    assertThat(Echo.many(channel, 16, MEGABYTE)).isEqualTo(16L * MEGABYTE);
    assertThat(Echo.many(channel, 16_000, 100)).isEqualTo(1_600_000L);
  }

  @Test
  void serverThatIsNotTheTargetIsRefused() throws Exception {
    Server server = serve(Stack.GRPC_JAVA);
    ChannelCredentials demanding =
        javaCredentials().addTargetServiceAccount("spiffe://demo.alts/demo/somebody-else").build();

    StatusRuntimeException refused =
        catchThrowableOfType(
            StatusRuntimeException.class,
            () -> Echo.one(channel(server, demanding), new byte[] {1}));

    // gRPC-Java hands on what the handshaker says.
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(refused.getStatus().getDescription()).contains(WEB + " is not among the 1 allowed");
    ChannelCredentials content = javaCredentials().addTargetServiceAccount(WEB).build();
    assertThat(Echo.one(channel(server, content), new byte[] {1})).hasSize(1);
  }

  @Test
  void twoHundredConnectionsAtOnceAllStand() throws Exception {
    Server server = serve(Stack.GRPC_JAVA);
    ExecutorService callers = Executors.newFixedThreadPool(50);
    endings.add(callers::shutdownNow);
    List<Future<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      // A channel of its own each: ours, since gRPC-Java lets only 32 handshakes of a process run,
      // those of its servers included.
      ManagedChannel channel = channel(server, i % 10 == 0 ? Stack.GRPC_JAVA : Stack.OURS);
      answers.add(callers.submit(() -> Echo.one(channel, new byte[] {1})));
    }

    for (Future<byte[]> answer : answers) {
      assertThat(answer.get(90, TimeUnit.SECONDS)).hasSize(1);
    }
  }

  @Test
  void agentMayRestartAtAnyMoment() throws Exception {
    Server server = serve(Stack.GRPC_JAVA);
    ManagedChannel before = channel(server, Stack.GRPC_JAVA);
    assertThat(Echo.one(before, new byte[] {1})).hasSize(1);
    ManagedChannel during = channel(server, Stack.GRPC_JAVA);

    agent.close();
    StatusRuntimeException refused =
        catchThrowableOfType(StatusRuntimeException.class, () -> Echo.one(during, new byte[] {1}));
    assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    // Connections that stand need no agent.
    assertThat(Echo.one(before, new byte[] {1})).hasSize(1);
    agent = RunningAgent.start(config);

    assertThat(answered(during)).hasSize(1);
    assertThat(answered(channel(server, Stack.OURS))).hasSize(1);
  }

  /** {@return the answer, once the stack has got over the absence of its handshaker} */
  private static byte[] answered(ManagedChannel channel) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      try {
        return Echo.one(channel, new byte[] {1});
      } catch (StatusRuntimeException e) {
        if (System.nanoTime() > end || e.getStatus().getCode() != Status.Code.UNAVAILABLE) {
          throw e;
        }
        channel.resetConnectBackoff();
      }
    }
  }

  private Server serve(Stack stack) throws Exception {
    ServerCredentials credentials =
        switch (stack) {
          case GRPC_JAVA ->
              AltsServerCredentials.newBuilder()
                  .enableUntrustedAltsForTesting()
                  .setHandshakerAddressForTesting(handshaker())
                  .build();
          case OURS ->
              dev.alts.AltsServerCredentials.newBuilder().agentSocket(agent.socket()).build();
        };
    Server server =
        Grpc.newServerBuilderForPort(0, credentials)
            .maxInboundMessageSize(4 * MEGABYTE)
            .addService(Echo.service())
            .build()
            .start();
    endings.add(server::shutdownNow);
    return server;
  }

  private ManagedChannel channel(Server server, Stack stack) {
    return channel(
        server,
        switch (stack) {
          case GRPC_JAVA -> javaCredentials().build();
          case OURS ->
              dev.alts.AltsChannelCredentials.newBuilder().agentSocket(agent.socket()).build();
        });
  }

  private ManagedChannel channel(Server server, ChannelCredentials credentials) {
    ManagedChannel channel =
        Grpc.newChannelBuilder("127.0.0.1:" + server.getPort(), credentials).build();
    endings.add(channel::shutdownNow);
    return channel;
  }

  private AltsChannelCredentials.Builder javaCredentials() {
    return AltsChannelCredentials.newBuilder()
        .enableUntrustedAltsForTesting()
        .setHandshakerAddressForTesting(handshaker());
  }

  private String handshaker() {
    return "127.0.0.1:" + agent.handshakerPort();
  }
}
