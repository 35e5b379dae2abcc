package dev.alts.endpoint;

import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.ClientHandshakeParameters;
import dev.alts.handshake.ClientHandshaker;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.Handshaker;
import dev.alts.handshake.Negotiation;
import dev.alts.handshake.ServerExpectation;
import dev.alts.peer.AllOf;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.AuthorizationDecision;
import dev.alts.peer.AuthorizationDecision.Allowed;
import dev.alts.peer.AuthorizationDecision.Denied;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionCache;
import org.jspecify.annotations.Nullable;

/**
 * What all connections of one client share: the credential, what it demands of servers, and the
 * tickets with which it resumes at whichever replica answers. Thread-safe.
 */
public final class ClientEndpoint implements AutoCloseable {
  private final HandshakeEnvironment environment;
  private final Options options;
  private final CurrentCredential credential;
  private final Connections connections;
  private final NamedServers namedServers = new NamedServers();
  private final UnnamedTargets unnamedTargets = new UnnamedTargets();

  /**
   * What a client demands.
   *
   * @param authorizer says which server is the right one; null: the naming policy does
   * @param tickets where tickets are kept between connections, also of other endpoints that demand
   *     the same; null: every handshake is full
   */
  public record Options(
      Negotiation negotiation,
      @Nullable PeerAuthorizer authorizer,
      @Nullable ResumptionCache tickets) {}

  /** Takes ownership of {@code source}. */
  public ClientEndpoint(
      HandshakeEnvironment environment, CredentialSource source, Options options) {
    this.environment = environment;
    this.options = options;
    this.connections = new Connections(environment, true, options.negotiation().maxFrameBytes());
    this.credential = new CurrentCredential(source, this::credentialChanged);
  }

  /**
   * Waits for the first credential, as long as the source does. Before connecting, so that a server
   * does not count the wait as part of the handshake, for which it has less patience.
   */
  public void awaitCredential() {
    CredentialSnapshot unused = credential.await();
  }

  /**
   * {@return the client side of a new connection to {@code target}} May wait for the first
   * credential.
   *
   * @param target host and port as the application names them
   */
  public Handshaker newHandshaker(String target) {
    CredentialSnapshot snapshot = credential.await();
    return new ClientHandshaker(
        environment,
        new ClientHandshakeParameters(
            snapshot,
            options.negotiation(),
            options.authorizer() == null
                ? new ServerExpectation.Named(target)
                : new ServerExpectation.Explicit(options.authorizer()),
            ticketsFor(snapshot, target)));
  }

  /** {@return whether the naming policy says which server is the right one, and not the user} */
  public boolean asksNamingPolicy() {
    return options.authorizer() == null;
  }

  /**
   * {@return whether {@code server}, which answers already, may also answer for {@code authority}}
   * For calls that name another authority than their channel.
   */
  public AuthorizationDecision mayAnswerFor(String authority, AltsPeer server) {
    if (options.authorizer() != null) {
      return options.authorizer().authorize(server);
    }
    return NamedServers.decide(credential.latest(), authority, server);
  }

  /**
   * {@return the connection, registered and then evaluated} Close it when the connection is gone.
   *
   * @throws AltsProtocolException if what its peer rests on has been revoked meanwhile
   */
  public OpenConnection open(String target, Established established, ConnectionControl control)
      throws AltsProtocolException {
    OpenConnection connection = connections.open(established, control, credential::latest);
    if (options.authorizer() != null) {
      return connection;
    }
    connection.andOnClose(namedServers.add(target, established.peer(), control));
    return switch (NamedServers.decide(credential.latest(), target, established.peer())) {
      case Allowed allowed -> {
        if (!allowed.byName()) {
          unnamedTargets.accept(target, established.peer().id());
        }
        yield connection;
      }
      case Denied denied -> {
        connection.close();
        throw new AltsProtocolException(Alert.UNAUTHORIZED, denied.reason());
      }
    };
  }

  /**
   * {@return how many connections went to a server of our trust domain that no entry of the naming
   * policy names} The log names each such target once.
   */
  public long connectionsWithoutEntry() {
    return unnamedTargets.count();
  }

  /** {@return how many connections are open} */
  public int openConnections() {
    return connections.size();
  }

  @Override
  public void close() {
    credential.close();
  }

  private void credentialChanged(CredentialSnapshot snapshot) {
    if (options.tickets() != null) {
      options.tickets().dropVoided(snapshot.verificationContext());
    }
    AllOf<CredentialSnapshot> judges = new AllOf<>();
    judges.run(connections::credentialChanged, snapshot);
    judges.run(namedServers::judge, snapshot);
    judges.rethrow();
  }

  private ClientTickets ticketsFor(CredentialSnapshot snapshot, String target) {
    if (options.tickets() == null) {
      return ClientTickets.none();
    }
    String demand = options.authorizer() == null ? "naming policy" : "explicit authorizer";
    return options.tickets().forServer(new ResumptionCache.Key(snapshot.id(), target, demand, ""));
  }
}
