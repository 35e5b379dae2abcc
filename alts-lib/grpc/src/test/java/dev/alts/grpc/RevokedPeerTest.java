package dev.alts.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.AltsChannelCredentials;
import dev.alts.AltsServerCredentials;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.SwappableSource;
import dev.alts.testing.party.TestParty;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What callers read when a revocation is why their call fails. */
@ExtendWith(BufferLeaks.class)
class RevokedPeerTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final SwappableSource serverSource = new SwappableSource(party.snapshot("/echo"));
  private final SwappableSource clientSource = new SwappableSource(party.snapshot("/caller"));
  private Server server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                AltsServerCredentials.newBuilder().credentialSource(serverSource).build())
            .addService(new EchoService())
            .build()
            .start();
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()),
                AltsChannelCredentials.newBuilder().credentialSource(clientSource).build())
            .overrideAuthority("echo.test")
            .build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
  }

  @RepeatedTest(5)
  void aRevokedClientReadsTheAlertThatTheServerSent() {
    serverSource.swap(party.revoking("/caller").snapshot("/echo"));

    assertThatThrownBy(() -> unary(new byte[1]))
        .hasMessageContaining("UNAVAILABLE")
        .hasMessageContaining("HANDSHAKE_FAILED");
  }

  @Test
  void aCallThatAClientCutsSaysWhatWasRevoked() throws Exception {
    CompletableFuture<Status> end = openStream();

    clientSource.swap(party.revoking("/echo").snapshot("/caller"));

    assertThat(end.get(20, TimeUnit.SECONDS))
        .satisfies(status -> {
          assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
          assertThat(status.getDescription()).contains("cut", "/echo");
        });
  }

  @Test
  void aCallThatTheServerCutsSaysSoToItsClient() throws Exception {
    CompletableFuture<Status> end = openStream();

    serverSource.swap(party.revoking("/caller").snapshot("/echo"));

    assertThat(end.get(20, TimeUnit.SECONDS))
        .satisfies(status -> {
          assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
          assertThat(status.getDescription()).contains("revoked");
        });
  }

  private CompletableFuture<Status> openStream() throws Exception {
    CompletableFuture<byte[]> first = new CompletableFuture<>();
    CompletableFuture<Status> end = new CompletableFuture<>();
    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(EchoService.STREAM, CallOptions.DEFAULT),
            new StreamObserver<>() {
              @Override
              public void onNext(byte[] message) {
                first.complete(message);
              }

              @Override
              public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
                first.completeExceptionally(failure);
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    requests.onNext(new byte[] {7});
    assertThat(first.get(20, TimeUnit.SECONDS)).containsExactly(7);
    return end;
  }

  private byte[] unary(byte[] message) {
    return ClientCalls.blockingUnaryCall(
        channel,
        EchoService.UNARY,
        CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
        message);
  }
}
