package dev.alts.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.Negotiation;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.testing.party.SwappableSource;
import dev.alts.testing.party.TestParty;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AltsSocketTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final HandshakeEnvironment environment = TestParty.environment();
  private final SwappableSource serverSource = new SwappableSource(party.snapshot("/echo"));
  private final ServerEndpoint server =
      new ServerEndpoint(
          environment,
          serverSource,
          new ServerEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.anyAuthenticated(), HandshakeBudget.Limits.DEFAULT));
  private final ClientEndpoint client =
      new ClientEndpoint(
          environment,
          CredentialSource.of(party.snapshot("/caller")),
          new ClientEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.memberOf(party.trustDomain()), null));
  private final AtomicLong written = new AtomicLong();
  private final CompletableFuture<byte[]> finished = new CompletableFuture<>();
  private ServerSocket listener;

  @BeforeEach
  void listen() throws IOException {
    listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    listener.close();
    client.close();
    server.close();
  }

  @Test
  void bothEndsKnowEachOtherAndEveryByteArrivesUntilTheEndOfData() throws Exception {
    byte[] data = new byte[3_000_000];
    new Random(1).nextBytes(data);
    CompletableFuture<byte[]> received =
        serving(socket -> {
          assertThat(socket.peer().id()).isEqualTo(id("/caller"));
          return socket.getInputStream().readAllBytes();
        });

    try (AltsSocket socket = connect()) {
      assertThat(socket.peer().id()).isEqualTo(id("/echo"));
      socket.getOutputStream().write(data);
      socket.shutdownOutput();
      assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(data);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(() -> socket.getOutputStream().write(1)).isInstanceOf(IOException.class);
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void peerThatDoesNotReadDoesNotKeepWhoeverCloses() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    CompletableFuture<byte[]> served =
        serving(socket -> {
          over.join();
          return new byte[0];
        });
    try (SocketChannel plain = SocketChannel.open(listener.getLocalSocketAddress())) {
      AltsSocket socket = AltsSocket.connect(client, plain.socket(), "echo.test:1");
      fill(plain);

      assertThatThrownBy(socket::close).isInstanceOf(IOException.class);

      assertThat(plain.isOpen()).isFalse();
      socket.close();
    } finally {
      over.complete(null);
    }
    // it finds its peer gone, as it should
    served.handle((nothing, gone) -> true).get(30, TimeUnit.SECONDS);
  }

  /** Until neither end's kernel takes a byte more, however late it has moved what it has. */
  private static void fill(SocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    ByteBuffer nothingThatIsRead = ByteBuffer.allocate(64 * 1024);
    long taken = System.nanoTime();
    while (System.nanoTime() - taken < TimeUnit.SECONDS.toNanos(1)) {
      nothingThatIsRead.clear();
      if (channel.write(nothingThatIsRead) > 0) {
        taken = System.nanoTime();
      } else {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
    channel.configureBlocking(true);
  }

  @Test
  void oneByteAtATimeWorksToo() throws Exception {
    CompletableFuture<byte[]> served =
        serving(socket -> {
          for (int value = socket.getInputStream().read();
              value >= 0;
              value = socket.getInputStream().read()) {
            socket.getOutputStream().write(value);
          }
          return new byte[0];
        });

    try (AltsSocket socket = connect()) {
      for (int i = 0; i < 300; i++) {
        socket.getOutputStream().write(i);
        assertThat(socket.getInputStream().read()).isEqualTo(i & 0xff);
      }
    }
    served.get(10, TimeUnit.SECONDS);
  }

  @Test
  void aConnectionThatIsCutOffIsReportedAsSuch() throws Exception {
    CompletableFuture<byte[]> received = serving(socket -> socket.getInputStream().readAllBytes());

    Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
    AltsSocket socket = AltsSocket.connect(client, plain, "echo.test:1");
    socket.getOutputStream().write(new byte[100]);
    plain.close();

    assertThatThrownBy(() -> received.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(EOFException.class)
        .hasMessageContaining("cut off");
    socket.close();
    assertThat(client.openConnections()).isZero();
  }

  @Test
  void exportsTheSameSecretAtBothEnds() throws Exception {
    Bytes context = Bytes.copyOf(new byte[] {9});
    CompletableFuture<byte[]> atServer =
        serving(socket -> socket.exporter().exportSecret("test", context, 20).exposeCopy());

    try (AltsSocket socket = connect()) {
      assertThat(socket.exporter().exportSecret("test", context, 20).exposeCopy())
          .isEqualTo(atServer.get(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void aRefusedClientIsToldAndTheServerCarriesOn() throws Exception {
    ServerEndpoint picky =
        new ServerEndpoint(
            environment,
            CredentialSource.of(party.snapshot("/echo")),
            new ServerEndpoint.Options(
                Negotiation.GRPC,
                PeerAuthorizer.allow(id("/friend")),
                HandshakeBudget.Limits.DEFAULT));
    CompletableFuture<Void> refused =
        CompletableFuture.runAsync(() -> {
          try (Socket accepted = listener.accept()) {
            assertThatThrownBy(() -> AltsSocket.accept(picky, accepted))
                .hasMessageContaining("/caller is not among");
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });

    try (AltsSocket socket = connect()) {
      assertThatThrownBy(() -> socket.getInputStream().read()).hasMessageContaining("UNAUTHORIZED");
    }
    refused.get(10, TimeUnit.SECONDS);
    assertThat(picky.pendingHandshakes()).isZero();
    picky.close();
  }

  @Test
  void aRevokedClientReadsTheAlertThatTheServerSent() throws Exception {
    serverSource.swap(party.revoking("/caller").snapshot("/echo"));
    CompletableFuture<byte[]> refused = serving(socket -> new byte[0]);

    assertThatThrownBy(this::connect).hasMessageContaining("HANDSHAKE_FAILED");
    assertThatThrownBy(() -> refused.get(10, TimeUnit.SECONDS)).hasMessageContaining("revoked");
  }

  @Test
  void aServerAboveItsBudgetSaysSo() throws Exception {
    try (ServerEndpoint full =
        new ServerEndpoint(
            environment,
            CredentialSource.of(party.snapshot("/echo")),
            new ServerEndpoint.Options(
                Negotiation.GRPC,
                PeerAuthorizer.anyAuthenticated(),
                new HandshakeBudget.Limits(1, 1, 1_000, 1_000)))) {
      assertThat(
              full.admit(
                  HandshakeBudget.sourceOf(InetAddress.getLoopbackAddress().getAddress()),
                  () -> {}))
          .isPresent();
      CompletableFuture<Void> refused =
          CompletableFuture.runAsync(() -> {
            try (Socket accepted = listener.accept()) {
              assertThatThrownBy(() -> AltsSocket.accept(full, accepted))
                  .hasMessageContaining("budget exhausted");
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });

      assertThatThrownBy(this::connect).hasMessageContaining("OVERLOADED");
      refused.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aServerAboveItsBudgetKnowsWhyItRefusedAlsoIfThePeerHasGone() throws Exception {
    Socket gone =
        new Socket() {
          @Override
          public InetAddress getInetAddress() {
            return InetAddress.getLoopbackAddress();
          }

          @Override
          public OutputStream getOutputStream() throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    try (ServerEndpoint full =
        new ServerEndpoint(
            environment,
            CredentialSource.of(party.snapshot("/echo")),
            new ServerEndpoint.Options(
                Negotiation.GRPC,
                PeerAuthorizer.anyAuthenticated(),
                new HandshakeBudget.Limits(1, 1, 1_000, 1_000)))) {
      assertThat(
              full.admit(
                  HandshakeBudget.sourceOf(InetAddress.getLoopbackAddress().getAddress()),
                  () -> {}))
          .isPresent();

      assertThatThrownBy(() -> AltsSocket.accept(full, gone))
          .hasMessageContaining("budget exhausted");
      assertThat(gone.isClosed()).isTrue();
    }
  }

  @Test
  void aSocketThatIsCutSaysWhyAndLeavesNoTimerBehind() throws Exception {
    CompletableFuture<WeakReference<Socket>> cut =
        CompletableFuture.supplyAsync(() -> {
          try {
            Socket plain = listener.accept();
            AltsSocket socket = AltsSocket.accept(server, plain);
            serverSource.swap(party.revoking("/caller").snapshot("/echo"));
            assertThatThrownBy(() -> socket.getInputStream().read())
                .hasMessageContaining("/caller")
                .hasMessageContaining("revoked");
            assertThatThrownBy(() -> socket.getOutputStream().write(1))
                .hasMessageContaining("revoked");
            socket.close();
            return new WeakReference<>(plain);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });

    Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
    AltsSocket unused = AltsSocket.connect(client, plain, "echo.test:1");

    WeakReference<Socket> cutSocket = cut.get(20, TimeUnit.SECONDS);
    plain.close();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (cutSocket.get() != null && System.nanoTime() < end) {
      System.gc();
    }
    assertThat(cutSocket.get()).as("held by the timer of its longest life").isNull();
  }

  @Test
  void aRevocationCutsTheOpenSocket() throws Exception {
    CompletableFuture<byte[]> received = serving(socket -> socket.getInputStream().readAllBytes());
    try (AltsSocket socket = connect()) {
      socket.getOutputStream().write(1);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (server.openConnections() == 0 && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(5);
      }
      serverSource.swap(party.revoking("/caller").snapshot("/echo"));

      assertThatThrownBy(() -> received.get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class);
      assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(IOException.class);
    } catch (IOException closing) {
      // the end of data could not be sent any more
      assertThat(server.openConnections()).isZero();
    }
  }

  @Test
  void closingFromAnotherThreadNeitherWaitsForAWriteNorSealsARecordBesideIt() throws Exception {
    CompletableFuture<AltsSocket> accepted = new CompletableFuture<>();
    CompletableFuture<byte[]> stalled =
        serving(socket -> {
          accepted.complete(socket);
          return finished.join();
        });
    AltsSocket socket = connect();
    byte[] more = new byte[1 << 20];
    CompletableFuture<Void> writing =
        CompletableFuture.runAsync(() -> {
          written.incrementAndGet();
          try {
            while (true) {
              socket.getOutputStream().write(more);
              written.incrementAndGet();
            }
          } catch (IOException cutOff) {
            assertThat(cutOff).hasMessageNotContaining("tag");
          }
        });
    // what the kernel holds is full when the count stands still: the write waits for the peer
    awaitStandstill();

    socket.close();

    writing.get(20, TimeUnit.SECONDS);
    InputStream received = accepted.get(20, TimeUnit.SECONDS).getInputStream();
    assertThatThrownBy(received::readAllBytes)
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("tag");
    finished.complete(new byte[0]);
    stalled.handle((done, closing) -> done).get(20, TimeUnit.SECONDS);
  }

  /** Waits until the writer has begun and then nothing was written for a while. */
  private void awaitStandstill() throws InterruptedException {
    long since = System.nanoTime();
    for (long seen = 0; seen == 0 || System.nanoTime() - since < TimeUnit.SECONDS.toNanos(1); ) {
      if (written.get() != seen) {
        seen = written.get();
        since = System.nanoTime();
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  @Test
  void theSocketIsClosedWhereThereAreNoCredentials() throws Exception {
    ClientEndpoint without =
        new ClientEndpoint(
            environment,
            new NoCredentials(),
            new ClientEndpoint.Options(Negotiation.GRPC, null, null));
    Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());

    assertThatThrownBy(() -> AltsSocket.connect(without, plain, "echo.test:1"))
        .hasMessage("no agent");

    assertThat(plain.isClosed()).isTrue();
  }

  @Test
  void readingAgainAfterAForgedRecordFailsAgain() throws Exception {
    CompletableFuture<Socket> accepted = new CompletableFuture<>();
    CompletableFuture<byte[]> served =
        CompletableFuture.supplyAsync(() -> {
          try {
            Socket plain = listener.accept();
            accepted.complete(plain);
            AltsSocket.accept(server, plain);
            plain.getOutputStream().write(FrameType.RECORD.encode(new byte[64]));
            return new byte[0];
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    try (AltsSocket socket = connect()) {
      served.get(10, TimeUnit.SECONDS);
      InputStream in = socket.getInputStream();

      assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("tag");
      assertThatThrownBy(in::read).isInstanceOf(IOException.class).hasMessageContaining("before");
    }
    accepted.join().close();
  }

  private static final class NoCredentials implements CredentialSource {
    @Override
    public CredentialSnapshot get() {
      throw new IllegalStateException("no agent");
    }

    @Override
    public Registration onUpdate(Consumer<CredentialSnapshot> listener) {
      return () -> {};
    }

    @Override
    public void close() {}
  }

  private interface Served {
    byte[] with(AltsSocket socket) throws IOException;
  }

  private CompletableFuture<byte[]> serving(Served served) {
    return CompletableFuture.supplyAsync(() -> {
      try (AltsSocket socket = AltsSocket.accept(server, listener.accept())) {
        return served.with(socket);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }

  private AltsSocket connect() throws IOException {
    return AltsSocket.connect(
        client, new Socket(listener.getInetAddress(), listener.getLocalPort()), "echo.test:1");
  }

  private SpiffeId id(String path) {
    return SpiffeId.parse(party.domain().id(path));
  }
}
