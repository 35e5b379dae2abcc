package dev.alts.grpc.zerocode;

import dev.alts.endpoint.ClientEndpoint;
import dev.alts.endpoint.ServerEndpoint;
import dev.alts.grpc.AltsNegotiators;
import dev.alts.report.ConnectionReport;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.InternalProtocolNegotiators;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;

/** Speaks ALTS or clear text on a connection, as its peer does; for one channel or server. */
abstract sealed class PermissiveNegotiator
    implements InternalProtocolNegotiator.ProtocolNegotiator {
  // unknown when the connection is made; servers in clear text may refuse the other one
  private static final AsciiString SCHEME = AsciiString.of("http");

  private final ProtocolNegotiator alts;
  private final ProtocolNegotiator clearText;

  private PermissiveNegotiator(ProtocolNegotiator alts, ProtocolNegotiator clearText) {
    this.alts = alts;
    this.clearText = clearText;
  }

  /** Of a channel, whose endpoint it closes with itself. */
  static final class Client extends PermissiveNegotiator {
    private final ClientEndpoint endpoint;
    private final ClearTextServers servers;

    Client(ClientEndpoint endpoint, ClearTextServers servers) {
      super(AltsNegotiators.client(endpoint), InternalProtocolNegotiators.plaintext());
      this.endpoint = endpoint;
      this.servers = servers;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
      return new ProbingHandler(endpoint, servers, http2.getAuthority(), choice(http2));
    }
  }

  /** Of a server, whose endpoint it closes with itself. */
  static final class Server extends PermissiveNegotiator {
    private final ConnectionReport report;

    Server(ServerEndpoint endpoint, ConnectionReport report) {
      super(AltsNegotiators.server(endpoint), InternalProtocolNegotiators.serverPlaintext());
      this.report = report;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler http2) {
      return new FirstBytesHandler(report, choice(http2));
    }
  }

  final Choice choice(GrpcHttp2ConnectionHandler http2) {
    return new Choice() {
      @Override
      public ChannelHandler alts() {
        return alts.newHandler(http2);
      }

      @Override
      public ChannelHandler clearText() {
        return clearText.newHandler(http2);
      }
    };
  }

  /** What may follow on one connection; exactly one is taken, once. */
  interface Choice {
    ChannelHandler alts();

    ChannelHandler clearText();
  }

  @Override
  public final AsciiString scheme() {
    return SCHEME;
  }

  @Override
  public final void close() {
    alts.close();
    clearText.close();
  }
}
