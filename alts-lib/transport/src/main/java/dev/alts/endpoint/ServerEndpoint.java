package dev.alts.endpoint;

import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.Handshaker;
import dev.alts.handshake.Negotiation;
import dev.alts.handshake.ServerHandshakeParameters;
import dev.alts.handshake.ServerHandshaker;
import dev.alts.handshake.WorkPermit;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import java.util.Optional;

/**
 * What all connections of one server share: the one identity that it serves, whom it lets in, and
 * how much work strangers may cause. Thread-safe.
 */
public final class ServerEndpoint implements AutoCloseable {
  private final HandshakeEnvironment environment;
  private final Options options;
  private final HandshakeBudget budget;
  private final CurrentCredential credential;
  private final Connections connections;

  /**
   * What a server allows.
   *
   * @param authorizer whose connections it accepts at all
   */
  public record Options(
      Negotiation negotiation, PeerAuthorizer authorizer, HandshakeBudget.Limits limits) {}

  /** Takes ownership of {@code source}. */
  public ServerEndpoint(
      HandshakeEnvironment environment, CredentialSource source, Options options) {
    this.environment = environment;
    this.options = options;
    this.budget = new HandshakeBudget(options.limits(), environment.clock());
    this.connections = new Connections(environment, false, options.negotiation().maxFrameBytes());
    this.credential = new CurrentCredential(source, connections::credentialChanged);
  }

  /**
   * {@return room for the handshake of a new connection, or empty: refuse it as OVERLOADED} Close
   * it when the handshake is over, in whichever way.
   *
   * @param source what connections of one origin share, usually {@link HandshakeBudget#sourceOf}
   *     its address
   * @param onEviction ends this connection in favour of others; may come from any thread
   */
  public Optional<HandshakeBudget.Slot> admit(String source, Runnable onEviction) {
    return budget.admit(source, onEviction);
  }

  /** {@return the server side of a new connection} May wait for the first credential. */
  public Handshaker newHandshaker(WorkPermit permit) {
    return new ServerHandshaker(
        environment,
        new ServerHandshakeParameters(
            credential.await(), options.negotiation(), options.authorizer(), permit));
  }

  /**
   * {@return the connection, registered and then evaluated} Close it when the connection is gone.
   *
   * @throws AltsProtocolException if what its peer rests on has been revoked meanwhile
   */
  public OpenConnection open(Established established, ConnectionControl control)
      throws AltsProtocolException {
    return connections.open(established, control, credential::latest);
  }

  /** {@return how many handshakes are under way} */
  public int pendingHandshakes() {
    return budget.pending();
  }

  /** {@return how many connections are open} */
  public int openConnections() {
    return connections.size();
  }

  @Override
  public void close() {
    credential.close();
  }
}
