package dev.alts;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.grpc.AltsNegotiators;
import dev.alts.handshake.Negotiation;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.resumption.ResumptionCache;
import io.grpc.ChannelCredentials;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Credentials of gRPC channels over ALTS.
 *
 * <pre>{@code
 * ManagedChannel channel =
 *     Grpc.newChannelBuilder("orders.prod:8443", AltsChannelCredentials.create()).build();
 * }</pre>
 *
 * <p>Use one object for all channels: they share resumption tickets, so that a channel that
 * reconnects, to whichever replica, resumes. Immutable and thread-safe. A channel keeps its stream
 * to the agent open until it is shut down.
 */
public final class AltsChannelCredentials {
  private static final int SERVERS_WITH_TICKETS = 1_000;

  private AltsChannelCredentials() {}

  /**
   * {@return credentials with the agent's defaults: this process's identity, and the server that
   * the trust domain's naming policy says is the right one for the channel's target}
   */
  public static ChannelCredentials create() {
    return newBuilder().build();
  }

  public static Builder newBuilder() {
    return new Builder();
  }

  private enum Resumption {
    OFF,
    FORWARD_SECRET,
    SYMMETRIC
  }

  /** Collects what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private SourceChoice source = SourceChoice.AGENT;
    private @Nullable PeerAuthorizer authorizer;
    private boolean requirePrivacy;
    private int maxFrameBytes = Negotiation.GRPC.maxFrameBytes();
    private Resumption resumption = Resumption.FORWARD_SECRET;

    private Builder() {}

    /** Uses this source, which stays the caller's to close, after the channels. */
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

    /** Says which server is the right one; the naming policy is then not asked. */
    public Builder peerAuthorizer(PeerAuthorizer servers) {
      this.authorizer = servers;
      return this;
    }

    /** Never integrity-only on these channels, whatever the policy allows. */
    public Builder requirePrivacy() {
      this.requirePrivacy = true;
      return this;
    }

    /** Sets the largest frame that we accept: 16,384 to 1,048,576 bytes. */
    public Builder maxFrameBytes(int bytes) {
      this.maxFrameBytes = bytes;
      return this;
    }

    /** Every connection does a full handshake. */
    public Builder withoutResumption() {
      this.resumption = Resumption.OFF;
      return this;
    }

    /**
     * Resumes without a key exchange where the trust domain allows it: a tenth of the cost, but who
     * later steals a resumption key can read what was sent.
     */
    public Builder resumptionWithoutForwardSecrecy() {
      this.resumption = Resumption.SYMMETRIC;
      return this;
    }

    public ChannelCredentials build() {
      return AltsNegotiators.channelCredentials(
          new ClientEndpoint.Options(
              AltsNegotiators.negotiation(maxFrameBytes, requirePrivacy), authorizer, tickets()),
          source);
    }

    private @Nullable ResumptionCache tickets() {
      return switch (resumption) {
        case OFF -> null;
        case FORWARD_SECRET -> new ResumptionCache(SERVERS_WITH_TICKETS, false);
        case SYMMETRIC -> new ResumptionCache(SERVERS_WITH_TICKETS, true);
      };
    }
  }
}
