package dev.alts.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.AltsChannelCredentials;
import dev.alts.AltsServerCredentials;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.TestParty;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BufferLeaks.class)
class CredentialFirstTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final TestParty party = TestParty.ofNewDomain();
  private final LateSource source = new LateSource();
  private ManagedChannel channel;

  @AfterEach
  void stop() throws InterruptedException {
    source.first.complete(party.snapshot("/caller"));
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  @Test
  void aChannelConnectsOnlyWhenItHasACredential() throws Exception {
    try (ServerSocketChannel listener = ServerSocketChannel.open().bind(ANY_PORT)) {
      listener.configureBlocking(false);
      open(((InetSocketAddress) listener.getLocalAddress()).getPort());
      CompletableFuture<byte[]> call = call();
      assertThat(source.asked.await(20, TimeUnit.SECONDS)).isTrue();

      assertThat(listener.accept()).isNull();

      source.first.complete(party.snapshot("/caller"));
      listener.configureBlocking(true);
      listener.accept().close();
      assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasMessageContaining("UNAVAILABLE");
    }
  }

  @Test
  void theFirstCallGoesThroughHoweverLateTheCredentialCame() throws Exception {
    Server server = server();
    open(server.getPort());
    CompletableFuture<byte[]> call = call();
    assertThat(source.asked.await(20, TimeUnit.SECONDS)).isTrue();

    source.first.complete(party.snapshot("/caller"));

    assertThat(call.get(20, TimeUnit.SECONDS)).containsExactly(5);
    server.shutdownNow();
  }

  @Test
  void noCredentialIsTheReasonThatTheCallReads() throws Exception {
    Server server = server();
    open(server.getPort());
    CompletableFuture<byte[]> call = call();

    source.first.completeExceptionally(new IllegalStateException("no agent here"));

    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("no agent here");
    server.shutdownNow();
  }

  @Test
  void aChannelThatStillWaitsCanBeShutDown() throws Exception {
    open(1);
    CompletableFuture<byte[]> call = call();
    assertThat(source.asked.await(20, TimeUnit.SECONDS)).isTrue();

    assertThat(channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS)).hasMessageContaining("UNAVAILABLE");
  }

  private Server server() throws IOException {
    return NettyServerBuilder.forAddress(
            ANY_PORT,
            AltsServerCredentials.newBuilder()
                .credentialSource(CredentialSource.of(party.snapshot("/echo")))
                .build())
        .addService(new EchoService())
        .build()
        .start();
  }

  private void open(int port) {
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                AltsChannelCredentials.newBuilder().credentialSource(source).build())
            .overrideAuthority("echo.test")
            .build();
  }

  private CompletableFuture<byte[]> call() {
    return CompletableFuture.supplyAsync(() ->
        ClientCalls.blockingUnaryCall(
            channel,
            EchoService.UNARY,
            CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
            new byte[] {5}));
  }

  /** Waits for its first snapshot for as long as it takes. */
  private static final class LateSource implements CredentialSource {
    final CountDownLatch asked = new CountDownLatch(1);
    final CompletableFuture<CredentialSnapshot> first = new CompletableFuture<>();

    @Override
    public CredentialSnapshot get() {
      asked.countDown();
      try {
        return first.join();
      } catch (java.util.concurrent.CompletionException e) {
        throw e.getCause() instanceof RuntimeException ours ? ours : e;
      }
    }

    @Override
    public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
      return () -> {};
    }

    @Override
    public void close() {}
  }
}
