package dev.alts.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.Negotiation;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.testing.party.TestParty;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExamplesTest {
  private final TestParty party = TestParty.ofNewDomain();
  private final HandshakeEnvironment environment = TestParty.environment();
  private final ServerEndpoint server =
      new ServerEndpoint(
          environment,
          CredentialSource.of(party.snapshot("/greeter")),
          new ServerEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.anyAuthenticated(), HandshakeBudget.Limits.DEFAULT));
  private final ClientEndpoint client =
      new ClientEndpoint(
          environment,
          CredentialSource.of(party.snapshot("/caller")),
          new ClientEndpoint.Options(
              Negotiation.GRPC, PeerAuthorizer.memberOf(party.trustDomain()), null));

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @Test
  void theSocketExampleWorks() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> serving = serveOne(listener);

      assertThat(SocketExample.ask(client, "127.0.0.1", listener.getLocalPort()))
          .isEqualTo("hello, spiffe://example.org/caller");
      serving.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void theNettyExampleWorks() throws Exception {
    EventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    List<String> heard = new CopyOnWriteArrayList<>();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> serving = serveOne(listener);

      NettyExample.listen(threads, client, "127.0.0.1", listener.getLocalPort(), heard::add)
          .closeFuture()
          .await(20, TimeUnit.SECONDS);

      assertThat(heard)
          .containsExactly(
              "connected to spiffe://example.org/greeter", "hello, spiffe://example.org/caller");
      serving.get(10, TimeUnit.SECONDS);
    } finally {
      threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(5, TimeUnit.SECONDS);
    }
  }

  private CompletableFuture<Void> serveOne(ServerSocket listener) {
    return CompletableFuture.runAsync(() -> {
      try {
        SocketExample.greetOne(server, listener);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }
}
