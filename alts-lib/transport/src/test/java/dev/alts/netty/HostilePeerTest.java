package dev.alts.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.frame.Alert;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.Negotiation;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionCache;
import dev.alts.testing.party.BufferLeaks;
import dev.alts.testing.party.TestParty;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.ServerInit;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(BufferLeaks.class)
class HostilePeerTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final HandshakeEnvironment environment = TestParty.environment();
  private final ServerEndpoint server = server(HandshakeBudget.Limits.DEFAULT);
  private final ClientEndpoint honest =
      new ClientEndpoint(
          environment,
          CredentialSource.of(party.snapshot("/caller")),
          new ClientEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.memberOf(party.trustDomain()), null));
  private final Loopback loopback = new Loopback();

  @AfterEach
  void stop() throws InterruptedException {
    loopback.close();
    server.close();
    honest.close();
  }

  @Test
  @Tag("abuse-27")
  void garbageIsAnsweredWithBadMessageAndTheEnd() throws Exception {
    loopback.listen(server);
    Random random = new Random(1);
    for (int round = 0; round < 50; round++) {
      byte[] garbage = new byte[8 + random.nextInt(200)];
      random.nextBytes(garbage);
      assertThat(answerTo(garbage)).isEqualTo(alert(Alert.BAD_MESSAGE));
    }
    assertThat(server.openConnections()).isZero();
  }

  @Test
  @Tag("abuse-27")
  void impossibleLengthsAreRefusedByTheirHeader() throws Exception {
    loopback.listen(server);
    for (int length : new int[] {0, 1, 2, 3, 32 * 1024 + 1, 1 << 20, Integer.MAX_VALUE, -1}) {
      byte[] header =
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(length).putInt(1).array();
      assertThat(answerTo(header)).as("length %d", length).isEqualTo(alert(Alert.BAD_MESSAGE));
    }
  }

  @Test
  void aFrameOutOfTurnIsBadMessage() throws Exception {
    loopback.listen(server);

    assertThat(answerTo(dev.alts.frame.FrameType.CLIENT_FINISHED.encode(new byte[34])))
        .isEqualTo(alert(Alert.BAD_MESSAGE));
    assertThat(answerTo(dev.alts.frame.FrameType.RECORD.encode(new byte[34])))
        .isEqualTo(alert(Alert.BAD_MESSAGE));
  }

  @Test
  void aPlaintextHttp2ClientIsToldInItsOwnLanguage() throws Exception {
    loopback.listen(server);

    byte[] answer =
        answerTo("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    assertThat(new String(answer, StandardCharsets.ISO_8859_1)).contains("this server speaks ALTS");
    assertThat(eventually(() -> !loopback.serverFailures.isEmpty())).isTrue();
    assertThat(loopback.serverFailures.peek()).hasMessageContaining("plaintext HTTP/2");
  }

  @Test
  void aClientThatMeetsATlsOrHttpServerSaysSo() throws Exception {
    try (ServerSocket plaintext = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket accepted = plaintext.accept()) {
              accepted
                  .getOutputStream()
                  .write(new byte[] {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100});
              accepted.getInputStream().readAllBytes();
            } catch (IOException e) {
              // the client has hung up, which is what it should do
              return;
            }
          });
      Loopback.Client client =
          loopback.connectTo(
              (InetSocketAddress) plaintext.getLocalSocketAddress(),
              AltsChannels.client(honest, "echo.test:1", EndOfData.MARKED));

      assertThat(client.failure())
          .hasMessageContaining("plaintext HTTP/2")
          .hasMessageContaining("not ALTS");
    }
  }

  @Test
  void bytesBehindARejectionAreBadMessage() throws Exception {
    // given a client whose next offer is lean
    ResumptionCache tickets = new ResumptionCache(1, false);
    PeerFacts self = party.snapshot("/caller").self();
    ClientTickets slot =
        tickets.forServer(
            new ResumptionCache.Key(self.spiffeId(), "echo.test:1", "naming policy", ""));
    slot.store(
        new ClientTicket(
            Bytes.copyOf(new byte[560]),
            SecretBytes.adopt(new byte[32]),
            party.snapshot("/echo").self(),
            environment.clock().instant(),
            environment.clock().instant().plusSeconds(600),
            Suite.X25519MLKEM768_SHA256));
    slot.offered(true);
    ClientEndpoint resuming =
        new ClientEndpoint(
            environment,
            CredentialSource.of(party.snapshot("/caller")),
            new ClientEndpoint.Options(Negotiation.GRPC, null, tickets));
    try (ServerSocket hostile = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<byte[]> answer =
          CompletableFuture.supplyAsync(() -> rejectAndGoOn(hostile));

      // when the server does not wait for the second ClientInit
      Loopback.Client client =
          loopback.connectTo(
              (InetSocketAddress) hostile.getLocalSocketAddress(),
              AltsChannels.client(resuming, "echo.test:1", EndOfData.MARKED));

      // then there is none
      assertThat(client.failure()).hasMessageContaining("behind RESUMPTION_REJECTED");
      assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(alert(Alert.BAD_MESSAGE));
    }
    resuming.close();
  }

  /** {@return what the client says after a rejection with another frame right behind it} */
  private static byte[] rejectAndGoOn(ServerSocket listener) {
    byte[] rejection =
        FrameType.SERVER_INIT.encode(
            ServerInit.newBuilder()
                .setVersion(1)
                .setRandom(ByteString.copyFrom(new byte[32]))
                .setSuiteValue(1)
                .setOutcome(Outcome.RESUMPTION_REJECTED)
                .build()
                .toByteArray());
    byte[] both = Arrays.copyOf(rejection, 2 * rejection.length);
    System.arraycopy(rejection, 0, both, rejection.length, rejection.length);
    try (Socket accepted = listener.accept()) {
      byte[] length = accepted.getInputStream().readNBytes(4);
      accepted
          .getInputStream()
          .readNBytes(ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt());
      accepted.getOutputStream().write(both);
      return accepted.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  @Tag("abuse-29")
  void stalledHandshakesDoNotStopHonestOnesAndTheirSlotsComeBack() throws Exception {
    ServerEndpoint small = server(new HandshakeBudget.Limits(200, 100, 4_000, 1_000));
    loopback.listen(() ->
        new ChannelHandler[] {
          new AltsHandshakeHandler(new ServerEnd(small, EndOfData.MARKED), Duration.ofSeconds(4))
        });
    List<Socket> stalled = new ArrayList<>();
    for (int source = 2; source <= 5; source++) {
      for (int i = 0; i < 50; i++) {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress("127.0.0." + source, 0));
        socket.connect(loopback.address());
        // half a header, and then nothing
        socket.getOutputStream().write(new byte[] {9, 1, 0, 0});
        stalled.add(socket);
      }
    }

    for (int i = 0; i < 10; i++) {
      Loopback.Client client = loopback.connect(honest);
      client.completion();
      client.send(new byte[] {7});
      assertThat(client.awaitBytes(1)).containsExactly(7);
      client.channel().close();
    }

    assertThat(small.pendingHandshakes()).isLessThanOrEqualTo(200);
    assertThat(eventually(() -> small.pendingHandshakes() == 0)).isTrue();
    for (Socket socket : stalled) {
      socket.close();
    }
    small.close();
  }

  @Test
  void aSourceWithTooManyPendingHandshakesIsToldOverloaded() throws Exception {
    ServerEndpoint tiny = server(new HandshakeBudget.Limits(10, 2, 4_000, 1_000));
    loopback.listen(tiny);
    try (Socket first = new Socket(loopback.address().getAddress(), loopback.address().getPort());
        Socket second = new Socket(loopback.address().getAddress(), loopback.address().getPort())) {
      assertThat(eventually(() -> tiny.pendingHandshakes() == 2)).isTrue();

      assertThat(answerTo(new byte[0])).isEqualTo(alert(Alert.OVERLOADED));
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
    assertThat(eventually(() -> tiny.pendingHandshakes() == 0)).isTrue();
    tiny.close();
  }

  @Test
  void aHandshakeThatStallsIsOverAtItsDeadline() throws Exception {
    loopback.listen(() ->
        new ChannelHandler[] {
          new AltsHandshakeHandler(new ServerEnd(server, EndOfData.MARKED), Duration.ofMillis(300))
        });
    try (Socket socket =
        new Socket(loopback.address().getAddress(), loopback.address().getPort())) {
      socket.setSoTimeout(10_000);

      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(eventually(() -> !loopback.serverFailures.isEmpty())).isTrue();
    assertThat(loopback.serverFailures.peek()).hasMessageContaining("not complete within");
    assertThat(eventually(() -> server.pendingHandshakes() == 0)).isTrue();
  }

  @Test
  @Tag("abuse-29")
  void aServerThatStallsIsGivenUpAtTheDeadline() throws Exception {
    byte[] firstBytes = {100, 1, 0, 0, 2, 0, 0, 0, 8};
    try (ServerSocket stalling = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Loopback.Client client =
          loopback.connectTo(
              (InetSocketAddress) stalling.getLocalSocketAddress(),
              new AltsHandshakeHandler(
                  new ClientEnd(honest, "echo.test:1", EndOfData.MARKED), Duration.ofMillis(500)));
      try (Socket accepted = stalling.accept()) {
        accepted.getOutputStream().write(firstBytes);

        assertThat(client.failure()).hasMessageContaining("not complete within");
        assertThat(client.channel().closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  @Test
  void nothingLeavesUnprotectedBeforeTheHandshakeIsComplete() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Loopback.Client client =
          loopback.connectTo(
              (InetSocketAddress) silent.getLocalSocketAddress(),
              AltsChannels.client(honest, "echo.test:1", EndOfData.MARKED));

      assertThatThrownBy(() ->
              client
                  .channel()
                  .writeAndFlush(io.netty.buffer.Unpooled.wrappedBuffer(new byte[] {1}))
                  .sync())
          .hasMessageContaining("handshake not complete");
      client.channel().close().sync();
    }
  }

  private ServerEndpoint server(HandshakeBudget.Limits limits) {
    return new ServerEndpoint(
        environment,
        CredentialSource.of(party.snapshot("/echo")),
        new ServerEndpoint.Options(Negotiation.GRPC, PeerAuthorizer.anyAuthenticated(), limits));
  }

  /** {@return all that the server says to these bytes before it ends the connection} */
  private byte[] answerTo(byte[] bytes) throws IOException {
    try (Socket socket =
        new Socket(loopback.address().getAddress(), loopback.address().getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes);
      return socket.getInputStream().readAllBytes();
    }
  }

  private static byte[] alert(Alert alert) {
    return alert.frame().toByteArray();
  }

  private interface Condition {
    boolean holds();
  }

  private static boolean eventually(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return true;
  }
}
