package dev.alts.soak;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep;
import dev.alts.handshake.Handshaker;
import dev.alts.handshake.Negotiation;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.resumption.ResumptionCache;
import dev.alts.testing.party.TestParty;
import org.jspecify.annotations.Nullable;

/** One server and the clients that come to it. */
final class Cast implements AutoCloseable {
  static final String TARGET = "echo.test:1";

  private final TestParty party = TestParty.ofNewDomain();
  private final HandshakeEnvironment environment = TestParty.environment();
  final ClientEndpoint newcomer = client("/caller", member(), null);
  final ClientEndpoint regular = client("/caller", member(), new ResumptionCache(10, false));
  final ClientEndpoint revoked = client("/revoked", member(), null);
  final ClientEndpoint picky =
      client(
          "/caller",
          PeerAuthorizer.allow(SpiffeId.parse(party.domain().id("/somebody-else"))),
          null);
  final ServerEndpoint server =
      new ServerEndpoint(
          environment,
          CredentialSource.of(party.revoking("/revoked").snapshot("/echo")),
          new ServerEndpoint.Options(
              Negotiation.GRPC,
              PeerAuthorizer.anyAuthenticated(),
              new HandshakeBudget.Limits(1_000, 1_000, 1_000_000, 1_000_000)));

  private PeerAuthorizer member() {
    return PeerAuthorizer.memberOf(party.trustDomain());
  }

  private ClientEndpoint client(
      String path, PeerAuthorizer servers, @Nullable ResumptionCache tickets) {
    return new ClientEndpoint(
        environment,
        CredentialSource.of(party.snapshot(path)),
        new ClientEndpoint.Options(Negotiation.GRPC, servers, tickets));
  }

  /** {@return a first frame as a good client sends it} */
  byte[] clientInit() throws AltsProtocolException {
    try (Handshaker handshaker = newcomer.newHandshaker(TARGET)) {
      return ((HandshakeStep.Send) handshaker.start()).flight().toByteArray();
    }
  }

  /** {@return what the endpoints still hold of connections} */
  int held() {
    return server.pendingHandshakes()
        + server.openConnections()
        + newcomer.openConnections()
        + regular.openConnections()
        + revoked.openConnections()
        + picky.openConnections();
  }

  @Override
  public void close() {
    newcomer.close();
    regular.close();
    revoked.close();
    picky.close();
    server.close();
  }
}
