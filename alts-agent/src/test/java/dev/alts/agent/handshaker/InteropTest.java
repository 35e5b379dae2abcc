package dev.alts.agent.handshaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.testing.TestTrustDomain;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.StatusRuntimeException;
import io.grpc.alts.AltsChannelCredentials;
import io.grpc.alts.AltsServerCredentials;
import io.grpc.internal.GrpcUtil;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Published gRPC stacks, as clients and as servers, each with each, where every handshake is done
 * by our agent. Writes the table of docs/integrate/interop.md to target/interop.md.
 */
@Tag("interop")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class InteropTest {
  private static final InetSocketAddress METADATA_SERVER = new InetSocketAddress("127.0.0.9", 8080);
  private static final String SERVER = "spiffe://demo.alts/demo/web";
  private static final String SOMEBODY_ELSE = "spiffe://demo.alts/demo/somebody-else";
  private static final String SKIPPED = "SKIPPED";
  private static final int CONNECTIONS = 100;
  private static final int MEGABYTE = 1 << 20;

  @TempDir static Path directory;
  private static final Map<String, String> outcomes = new TreeMap<>();
  private static FakeCa ca;
  private static RunningAgent agent;
  private static ForeignPrograms programs;
  private static boolean deceived;

  /** Who speaks at one end, by the name of its package. */
  enum Stack {
    ALTS_GRPC("alts-grpc (ours)"),
    GRPC_JAVA("grpc-java"),
    GRPC_GO("grpc-go"),
    GRPCIO("grpcio");

    private final String title;

    Stack(String title) {
      this.title = title;
    }

    boolean isForeign() {
      return this == GRPC_GO || this == GRPCIO;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    ca = FakeCa.of(TestTrustDomain.of("demo.alts", Instant.now()));
    ca.rules = List.of(new FakeCa.Rule("everyone", facts -> true, "/demo/web", ""));
    agent =
        RunningAgent.start(
            RunningAgent.withHandshaker(
                RunningAgent.config(directory, ca.address(), ca.mintToken()), METADATA_SERVER));
    deceived = ForeignPrograms.canBeDeceived();
    programs = ForeignPrograms.build(directory);
    for (Stack client : Stack.values()) {
      for (Stack server : Stack.values()) {
        outcomes.put(key(client, server), SKIPPED);
      }
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (agent != null) {
      agent.close();
      ca.close();
    }
    if (programs != null) {
      programs.close();
      Files.writeString(Path.of(System.getProperty("basedir"), "target", "interop.md"), table());
    }
  }

  @ParameterizedTest(name = "{0} to {1}")
  @MethodSource("pairs")
  void everyPairTalksAndRefusesTheWrongServer(Stack client, Stack server) throws Exception {
    for (Stack each : List.of(client, server)) {
      assumeTrue(!each.isForeign() || deceived, "needs root, for a mount namespace");
      assumeTrue(!each.isForeign() || programs.has(each.title), each.title + " cannot be built");
    }
    outcomes.put(key(client, server), "FAILED");
    List<Runnable> endings = new ArrayList<>();
    try {
      String target = "127.0.0.1:" + serve(server, endings);

      assertThat(call(client, target, SERVER, 1, 16)).isEqualTo("OK");
      assertThat(call(client, target, "", CONNECTIONS, 0)).isEqualTo("OK");
      assertThat(call(client, target, SOMEBODY_ELSE, 1, 0)).startsWith("FAILED");
    } finally {
      endings.forEach(Runnable::run);
    }
    outcomes.put(key(client, server), "passed");
  }

  static Stream<Arguments> pairs() {
    return Arrays.stream(Stack.values())
        .flatMap(
            client -> Arrays.stream(Stack.values()).map(server -> Arguments.of(client, server)));
  }

  private static int serve(Stack stack, List<Runnable> endings) throws Exception {
    ServerCredentials credentials;
    switch (stack) {
      case ALTS_GRPC ->
          credentials =
              dev.alts.AltsServerCredentials.newBuilder().agentSocket(agent.socket()).build();
      case GRPC_JAVA ->
          credentials =
              AltsServerCredentials.newBuilder()
                  .enableUntrustedAltsForTesting()
                  .setHandshakerAddressForTesting(handshaker())
                  .build();
      default -> {
        return programs.serve(stack.title);
      }
    }
    Server server =
        Grpc.newServerBuilderForPort(0, credentials).addService(Echo.service()).build().start();
    endings.add(server::shutdownNow);
    return server.getPort();
  }

  private static String call(Stack stack, String target, String wanted, int times, int megabytes)
      throws Exception {
    if (stack.isForeign()) {
      return programs.call(
          stack.title,
          "--target=" + target,
          "--wanted=" + wanted,
          "--times=" + times,
          "--megabytes=" + megabytes);
    }
    for (int i = 0; i < times; i++) {
      ManagedChannel channel = Grpc.newChannelBuilder(target, credentials(stack, wanted)).build();
      try {
        byte[] unused = Echo.one(channel, new byte[] {1});
        assertThat(Echo.many(channel, megabytes, MEGABYTE)).isEqualTo((long) megabytes * MEGABYTE);
      } catch (StatusRuntimeException e) {
        return "FAILED " + e.getMessage();
      } finally {
        channel.shutdownNow();
      }
    }
    return "OK";
  }

  private static ChannelCredentials credentials(Stack stack, String wanted) {
    if (stack == Stack.ALTS_GRPC) {
      var ours = dev.alts.AltsChannelCredentials.newBuilder().agentSocket(agent.socket());
      return wanted.isEmpty()
          ? ours.build()
          : ours.peerAuthorizer(
                  dev.alts.peer.PeerAuthorizer.allow(dev.alts.identity.SpiffeId.parse(wanted)))
              .build();
    }
    AltsChannelCredentials.Builder java =
        AltsChannelCredentials.newBuilder()
            .enableUntrustedAltsForTesting()
            .setHandshakerAddressForTesting(handshaker());
    return wanted.isEmpty() ? java.build() : java.addTargetServiceAccount(wanted).build();
  }

  private static String handshaker() {
    return METADATA_SERVER.getHostString() + ":" + METADATA_SERVER.getPort();
  }

  private static String key(Stack client, Stack server) {
    return client.title + " > " + server.title;
  }

  private static String table() {
    StringBuilder table = new StringBuilder("| client \\ server |");
    for (Stack server : Stack.values()) {
      table.append(" %s |".formatted(named(server)));
    }
    table.append("\n| --- |").append(" --- |".repeat(Stack.values().length)).append('\n');
    for (Stack client : Stack.values()) {
      table.append("| %s |".formatted(named(client)));
      for (Stack server : Stack.values()) {
        table.append(" %s |".formatted(outcomes.get(key(client, server))));
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String named(Stack stack) {
    return switch (stack) {
      case ALTS_GRPC -> stack.title;
      case GRPC_JAVA -> "grpc-java " + GrpcUtil.getGrpcBuildVersion().getImplementationVersion();
      case GRPC_GO, GRPCIO -> "%s %s".formatted(stack.title, programs.version(stack.title)).strip();
    };
  }
}
