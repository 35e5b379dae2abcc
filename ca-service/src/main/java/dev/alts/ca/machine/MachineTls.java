package dev.alts.ca.machine;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.endpoint.CaTlsIdentity;
import dev.alts.ca.revocation.OwnVerification;
import dev.alts.identity.tls.SvidTrustManager;
import dev.alts.identity.verify.PeerVerifier;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslServerContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.time.InstantSource;
import javax.net.ssl.SSLException;
import org.springframework.stereotype.Component;

/**
 * TLS of the Machine API: 1.3 only, hybrid key exchange first, BoringSSL because the JDK's engine
 * has no X25519MLKEM768.
 *
 * <p>A client certificate is optional here, since a machine has none before it attests; one that is
 * shown must be a machine's. Sessions are never resumed: that would skip its verification (abuse
 * case 25).
 */
@Component
class MachineTls {
  private final CaTlsIdentity identity;
  private final SvidTrustManager machines;

  MachineTls(CaTlsIdentity identity, OwnVerification verification, InstantSource clock) {
    this.identity = identity;
    this.machines =
        new SvidTrustManager(
            new PeerVerifier(), verification, id -> MachineName.ofSpiffeId(id).isPresent(), clock);
  }

  SslContext serverContext() {
    try {
      SslContextBuilder builder =
          SslContextBuilder.forServer(new OwnTlsKey(identity::current))
              .trustManager(machines)
              .clientAuth(ClientAuth.OPTIONAL)
              .protocols("TLSv1.3")
              .option(
                  OpenSslContextOption.GROUPS,
                  new String[] {ChannelSecurity.HYBRID_GROUP, "X25519"});
      SslContext context = GrpcSslContexts.configure(builder, SslProvider.OPENSSL).build();
      ((OpenSslServerContext) context).sessionContext().setSessionCacheEnabled(false);
      return context;
    } catch (SSLException e) {
      throw new IllegalStateException("TLS of the Machine API", e);
    }
  }
}
