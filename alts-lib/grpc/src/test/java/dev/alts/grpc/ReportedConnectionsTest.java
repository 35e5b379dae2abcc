package dev.alts.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.AltsChannelCredentials;
import dev.alts.AltsServerCredentials;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.report.ConnectionReport;
import dev.alts.testing.party.TestParty;
import io.grpc.CallOptions;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the process's report says of connections; by differences, since the process has one. */
class ReportedConnectionsTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final ConnectionReport report = ConnectionReport.OF_THIS_PROCESS;
  private Server server;

  @BeforeEach
  void serve() throws Exception {
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                AltsServerCredentials.newBuilder()
                    .credentialSource(CredentialSource.of(party.snapshot("/echo")))
                    .build())
            .addService(new EchoService())
            .intercept(
                AltsAuthorization.require(PeerAuthorizer.anyAuthenticated())
                    .forMethod(
                        EchoService.WHO.getFullMethodName(),
                        PeerAuthorizer.allow(SpiffeId.parse(party.domain().id("/boss")))))
            .build()
            .start();
  }

  @AfterEach
  void stop() throws Exception {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }

  @Test
  void handshakesOfBothSidesAreCountedAndResumedOnesToo() throws Exception {
    ChannelCredentials credentials = client(party).build();
    long handshakes = counter(ConnectionReport.HANDSHAKES);
    long resumed = counter(ConnectionReport.RESUMED);

    echo(credentials);
    echo(credentials);

    assertThat(counter(ConnectionReport.HANDSHAKES) - handshakes).isEqualTo(4);
    assertThat(counter(ConnectionReport.RESUMED) - resumed).isEqualTo(2);
  }

  @Test
  void aTargetWithoutEntryIsNamedUnlessTheUserSaidWhichServerIsTheRightOne() throws Exception {
    long unnamed = counter(ConnectionReport.UNNAMED_TARGETS);

    echo(client(party).peerAuthorizer(PeerAuthorizer.anyAuthenticated()).build());
    assertThat(counter(ConnectionReport.UNNAMED_TARGETS) - unnamed).isZero();

    echo(client(party).build());
    assertThat(counter(ConnectionReport.UNNAMED_TARGETS) - unnamed).isEqualTo(1);
  }

  @Test
  void aStrangersHandshakeIsCountedWithItsReason() {
    long failed = counter(ConnectionReport.FAILED + ".handshake_failed");
    ChannelCredentials stranger = client(TestParty.ofNewDomain()).build();

    assertThatThrownBy(() -> echo(stranger)).isInstanceOf(StatusRuntimeException.class);

    assertThat(counter(ConnectionReport.FAILED + ".handshake_failed")).isGreaterThan(failed);
  }

  @Test
  void aDeniedCallIsReportedWithItsCaller() {
    ChannelCredentials credentials = client(party).build();

    assertThatThrownBy(() -> call(credentials, EchoService.WHO))
        .isInstanceOf(StatusRuntimeException.class);

    assertThat(report.contents().denials().getLast().peer()).isEqualTo(party.domain().id("/shop"));
    assertThat(report.contents().denials().getLast().method())
        .isEqualTo(EchoService.WHO.getFullMethodName());
  }

  private AltsChannelCredentials.Builder client(TestParty of) {
    return AltsChannelCredentials.newBuilder()
        .credentialSource(CredentialSource.of(of.snapshot("/shop")));
  }

  private void echo(ChannelCredentials credentials) throws Exception {
    call(credentials, EchoService.UNARY);
  }

  private void call(ChannelCredentials credentials, io.grpc.MethodDescriptor<byte[], byte[]> method)
      throws Exception {
    ManagedChannel channel =
        Grpc.newChannelBuilder("localhost:" + server.getPort(), credentials).build();
    try {
      byte[] unused =
          ClientCalls.blockingUnaryCall(
              channel,
              method,
              CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
              new byte[1]);
    } finally {
      channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private long counter(String name) {
    return report.contents().counters().getOrDefault(name, 0L);
  }
}
