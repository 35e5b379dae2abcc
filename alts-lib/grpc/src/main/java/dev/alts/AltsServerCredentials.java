package dev.alts;

import dev.alts.endpoint.ServerEndpoint;
import dev.alts.grpc.AltsNegotiators;
import dev.alts.handshake.HandshakeBudget;
import dev.alts.handshake.Negotiation;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import io.grpc.ServerCredentials;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Credentials of gRPC servers over ALTS.
 *
 * <pre>{@code
 * Server server =
 *     Grpc.newServerBuilderForPort(8443, AltsServerCredentials.create())
 *         .addService(orders)
 *         .intercept(AltsContextKeys.serverInterceptor())
 *         .intercept(AltsAuthorization.require(PeerAuthorizer.memberOf(ourDomain)))
 *         .build();
 * }</pre>
 *
 * <p>Immutable and thread-safe. A server keeps its stream to the agent open until it is shut down.
 */
public final class AltsServerCredentials {
  private AltsServerCredentials() {}

  /**
   * {@return credentials with the agent's defaults: this process's identity, and every peer that it
   * can authenticate} Who may call what is for the methods to say: {@link
   * dev.alts.grpc.AltsAuthorization}.
   */
  public static ServerCredentials create() {
    return newBuilder().build();
  }

  public static Builder newBuilder() {
    return new Builder();
  }

  /** Collects what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private SourceChoice source = SourceChoice.AGENT;
    private PeerAuthorizer authorizer = PeerAuthorizer.anyAuthenticated();
    private boolean requirePrivacy;
    private int maxFrameBytes = Negotiation.GRPC.maxFrameBytes();
    private HandshakeBudget.Limits limits = HandshakeBudget.Limits.DEFAULT;

    private Builder() {}

    /** Uses this source, which stays the caller's to close, after the server. */
    public Builder credentialSource(CredentialSource own) {
      this.source = source.with(own);
      return this;
    }

    /** Uses the agent at this Unix socket. */
    public Builder agentSocket(Path socket) {
      this.source = source.with(socket);
      return this;
    }

    /** Uses one of the identities that this process may use, instead of its default one. */
    public Builder identity(SpiffeId id) {
      this.source = source.with(id);
      return this;
    }

    /**
     * Sets how long the first connection waits for the agent's first credential; 30 s by default.
     */
    public Builder firstCredentialTimeout(Duration timeout) {
      this.source = source.with(timeout);
      return this;
    }

    /** Refuses the connections of other clients altogether, before any call. */
    public Builder peerAuthorizer(PeerAuthorizer clients) {
      this.authorizer = clients;
      return this;
    }

    /** Never integrity-only on this server, whatever the policy allows. */
    public Builder requirePrivacy() {
      this.requirePrivacy = true;
      return this;
    }

    /** Sets the largest frame that we accept: 16,384 to 1,048,576 bytes. */
    public Builder maxFrameBytes(int bytes) {
      this.maxFrameBytes = bytes;
      return this;
    }

    /** Bounds connections whose handshake is not complete: 1,000 in all, 64 of one source. */
    public Builder maxPendingHandshakes(int all, int perSource) {
      this.limits =
          new HandshakeBudget.Limits(
              all, perSource, limits.perSecond(), limits.perSecondPerSource());
      return this;
    }

    /** Bounds handshakes that are begun per second: 4,000 in all, 1,000 of one source. */
    public Builder maxHandshakesPerSecond(int all, int perSource) {
      this.limits =
          new HandshakeBudget.Limits(limits.pending(), limits.pendingPerSource(), all, perSource);
      return this;
    }

    public ServerCredentials build() {
      return AltsNegotiators.serverCredentials(
          new ServerEndpoint.Options(
              AltsNegotiators.negotiation(maxFrameBytes, requirePrivacy), authorizer, limits),
          source);
    }
  }
}
