package dev.alts.socket;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.Negotiation;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.testing.party.TestParty;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** A program that greets itself over ALTS and says which providers did it. */
final class WithoutNativeCode {
  private WithoutNativeCode() {}

  public static void main(String[] arguments) throws Exception {
    TestParty party = TestParty.ofNewDomain();
    HandshakeEnvironment environment = TestParty.environment();
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerEndpoint server =
            new ServerEndpoint(
                environment,
                CredentialSource.of(party.snapshot("/greeter")),
                new ServerEndpoint.Options(
                    Negotiation.GRPC,
                    PeerAuthorizer.anyAuthenticated(),
                    HandshakeBudget.Limits.DEFAULT));
        ClientEndpoint client =
            new ClientEndpoint(
                environment,
                CredentialSource.of(party.snapshot("/caller")),
                new ClientEndpoint.Options(
                    Negotiation.GRPC, PeerAuthorizer.memberOf(party.trustDomain()), null))) {
      CompletableFuture<Void> greeting =
          CompletableFuture.runAsync(() -> greetOne(server, listener));
      try (AltsSocket socket =
          AltsSocket.connect(
              client, new Socket(listener.getInetAddress(), listener.getLocalPort()), "here:1")) {
        System.out.println(
            new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
      }
      greeting.get();
    }
    System.out.println(environment.providers());
  }

  private static void greetOne(ServerEndpoint server, ServerSocket listener) {
    try (AltsSocket caller = AltsSocket.accept(server, listener.accept())) {
      caller
          .getOutputStream()
          .write(("hello, " + caller.peer().id()).getBytes(StandardCharsets.UTF_8));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
