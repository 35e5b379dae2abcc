package dev.alts.grpc;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.netty.AltsChannels;
import dev.alts.netty.EndOfData;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.AuthorizationDecision.Allowed;
import dev.alts.peer.AuthorizationDecision.Denied;
import dev.alts.report.ConnectionReport;
import io.grpc.Status;
import io.grpc.internal.AuthorityVerifier;
import io.grpc.internal.GrpcAttributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;

/** Puts the ALTS handshake before HTTP/2 on every connection of one gRPC channel or server. */
abstract sealed class AltsProtocolNegotiator
    implements InternalProtocolNegotiator.ProtocolNegotiator {
  // for the :scheme header, which every other stack also says of ALTS
  private static final AsciiString SCHEME = AsciiString.of("https");

  /** Of a channel, whose endpoint it closes with itself. */
  static final class Client extends AltsProtocolNegotiator {
    private final ClientEndpoint endpoint;

    Client(ClientEndpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    AltsNegotiationHandler newAltsHandler(GrpcHttp2ConnectionHandler http2) {
      return new AltsNegotiationHandler(
          AltsChannels.client(endpoint, http2.getAuthority(), EndOfData.KNOWN_ABOVE),
          InternalProtocolNegotiators.grpcNegotiationHandler(http2),
          (attributes, peer) -> {
            reportIfUnnamed(http2.getAuthority(), peer);
            return attributes.set(GrpcAttributes.ATTR_AUTHORITY_VERIFIER, verifierFor(peer));
          },
          Farewell.NONE);
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
      return new CredentialFirst(endpoint, super.newHandler(http2));
    }

    @Override
    public void close() {
      endpoint.close();
    }

    private void reportIfUnnamed(String target, AltsPeer server) {
      if (endpoint.asksNamingPolicy()
          && endpoint.mayAnswerFor(target, server) instanceof Allowed allowed
          && !allowed.byName()) {
        ConnectionReport.OF_THIS_PROCESS.unnamedTarget(target);
      }
    }

    /** Calls may name another authority than their channel: it must be one of this same server. */
    private AuthorityVerifier verifierFor(AltsPeer peer) {
      return authority ->
          switch (endpoint.mayAnswerFor(authority, peer)) {
            case Allowed allowed -> Status.OK;
            case Denied denied ->
                Status.UNAVAILABLE.withDescription(
                    "%s may not answer for %s: %s"
                        .formatted(peer.id(), authority, denied.reason()));
          };
    }
  }

  /** Of a server, whose endpoint it closes with itself. */
  static final class Server extends AltsProtocolNegotiator {
    private final ServerEndpoint endpoint;

    Server(ServerEndpoint endpoint) {
      this.endpoint = endpoint;
    }

    @Override
    AltsNegotiationHandler newAltsHandler(GrpcHttp2ConnectionHandler http2) {
      return new AltsNegotiationHandler(
          AltsChannels.server(endpoint, EndOfData.KNOWN_ABOVE),
          InternalProtocolNegotiators.grpcNegotiationHandler(http2),
          (attributes, peer) -> attributes,
          Farewell.GOAWAY);
    }

    @Override
    public void close() {
      endpoint.close();
    }
  }

  abstract AltsNegotiationHandler newAltsHandler(GrpcHttp2ConnectionHandler http2);

  @Override
  public final AsciiString scheme() {
    return SCHEME;
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
    return InternalProtocolNegotiators.waitUntilActiveHandler(
        newAltsHandler(http2), http2.getNegotiationLogger());
  }
}
