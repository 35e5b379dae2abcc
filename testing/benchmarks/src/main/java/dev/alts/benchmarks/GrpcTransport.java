package dev.alts.benchmarks;

import dev.alts.AltsChannelCredentials;
import dev.alts.AltsServerCredentials;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.CredentialSource;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.Suite;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ServerCredentials;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.grpc.netty.NettySslContextServerCredentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;

/** What protects the calls of a gRPC load. */
enum GrpcTransport {
  PLAINTEXT {
    @Override
    Credentials credentials(TestTrustDomain domain) {
      return new Credentials(
          InsecureServerCredentials.create(), InsecureChannelCredentials.create());
    }
  },
  TCNATIVE {
    @Override
    Credentials credentials(TestTrustDomain domain) throws Exception {
      StockTrust trust = StockTrust.of(List.of(domain.authority(EntityKind.WORKLOAD)));
      TestSvid server = domain.tls("/server");
      TestSvid client = domain.tls("/client");
      return new Credentials(
          NettySslContextServerCredentials.create(
              configured(
                      SslContextBuilder.forServer(server.privateKey(), server.x509Chain())
                          .trustManager(trust)
                          .clientAuth(ClientAuth.REQUIRE))
                  .build()),
          NettySslContextChannelCredentials.create(
              configured(
                      SslContextBuilder.forClient()
                          .keyManager(client.privateKey(), client.x509Chain())
                          .trustManager(trust))
                  .build()));
    }

    private static SslContextBuilder configured(SslContextBuilder builder) {
      return GrpcSslContexts.configure(builder, SslProvider.OPENSSL).protocols("TLSv1.3");
    }
  },
  ALTS {
    @Override
    Credentials credentials(TestTrustDomain domain) throws Exception {
      AltsParties parties =
          new AltsParties(domain, Suite.X25519MLKEM768_SHA256, new PeerVerifier());
      return new Credentials(
          AltsServerCredentials.newBuilder()
              .credentialSource(CredentialSource.of(parties.party("/server")))
              .peerAuthorizer(PeerAuthorizer.anyAuthenticated())
              .build(),
          AltsChannelCredentials.newBuilder()
              .credentialSource(CredentialSource.of(parties.party("/client")))
              .peerAuthorizer(PeerAuthorizer.anyAuthenticated())
              .build());
    }
  };

  abstract Credentials credentials(TestTrustDomain domain) throws Exception;

  record Credentials(ServerCredentials server, ChannelCredentials channel) {}
}
