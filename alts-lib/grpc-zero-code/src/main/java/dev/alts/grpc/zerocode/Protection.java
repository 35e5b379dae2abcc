package dev.alts.grpc.zerocode;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ProcessEnvironment;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.grpc.AltsNegotiators;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.Negotiation;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.report.ConnectionReport;
import dev.alts.resumption.ResumptionCache;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import java.util.function.Supplier;

/**
 * What stands before HTTP/2 on a connection that was taken over. The identity is the one that the
 * agent gives this process, the right server is the one that the naming policy names, and a server
 * authenticates every peer and authorizes none: who may call what only its code can say.
 *
 * <p>Thread-safe; what it makes belongs to one channel or server each.
 */
abstract sealed class Protection {
  private static final int SERVERS_WITH_TICKETS = 1_000;

  private final Supplier<CredentialSource> sources;
  // one for all channels, so that a program that makes a channel for every call resumes
  private final ResumptionCache tickets = new ResumptionCache(SERVERS_WITH_TICKETS, false);

  private Protection(Supplier<CredentialSource> sources) {
    this.sources = sources;
  }

  abstract ProtocolNegotiator newClient();

  abstract ProtocolNegotiator newServer();

  final ClientEndpoint newClientEndpoint() {
    return new ClientEndpoint(
        ProcessEnvironment.get(),
        sources.get(),
        new ClientEndpoint.Options(Negotiation.GRPC, null, tickets));
  }

  final ServerEndpoint newServerEndpoint() {
    return new ServerEndpoint(
        ProcessEnvironment.get(),
        sources.get(),
        new ServerEndpoint.Options(
            Negotiation.GRPC, PeerAuthorizer.anyAuthenticated(), HandshakeBudget.Limits.DEFAULT));
  }

  /** ALTS or nothing. */
  static final class Enforced extends Protection {
    Enforced(Supplier<CredentialSource> sources) {
      super(sources);
    }

    @Override
    ProtocolNegotiator newClient() {
      return AltsNegotiators.client(newClientEndpoint());
    }

    @Override
    ProtocolNegotiator newServer() {
      return AltsNegotiators.server(newServerEndpoint());
    }
  }

  /** ALTS with whoever speaks it. */
  static final class Permissive extends Protection {
    private final ClearTextServers clearText;
    private final ConnectionReport report;

    Permissive(
        Supplier<CredentialSource> sources, ClearTextServers clearText, ConnectionReport report) {
      super(sources);
      this.clearText = clearText;
      this.report = report;
    }

    @Override
    ProtocolNegotiator newClient() {
      return new PermissiveNegotiator.Client(newClientEndpoint(), clearText);
    }

    @Override
    ProtocolNegotiator newServer() {
      return new PermissiveNegotiator.Server(newServerEndpoint(), report);
    }
  }
}
