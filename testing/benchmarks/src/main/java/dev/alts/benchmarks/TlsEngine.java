package dev.alts.benchmarks;

import dev.alts.testing.TestSvid;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.conscrypt.Conscrypt;

/**
 * A TLS 1.3 engine that a user might pick instead: mutual, ECDSA P-256 certificates, AES-128-GCM.
 */
public enum TlsEngine {
  TCNATIVE {
    @Override
    Contexts contexts(
        TestSvid client, TestSvid server, TrustManager trust, String group, boolean resumable)
        throws Exception {
      return new NettyContexts(
          nettyContext(
              SslContextBuilder.forClient().keyManager(client.privateKey(), client.x509Chain()),
              trust,
              group,
              false,
              resumable),
          nettyContext(
              SslContextBuilder.forServer(server.privateKey(), server.x509Chain()),
              trust,
              group,
              true,
              resumable),
          resumable);
    }
  },
  CONSCRYPT {
    @Override
    Contexts contexts(
        TestSvid client, TestSvid server, TrustManager trust, String group, boolean resumable)
        throws Exception {
      return new JdkContexts(
          jdkContext(client, trust, CONSCRYPT_PROVIDER),
          jdkContext(server, trust, CONSCRYPT_PROVIDER),
          group,
          resumable);
    }
  },
  JSSE {
    @Override
    Contexts contexts(
        TestSvid client, TestSvid server, TrustManager trust, String group, boolean resumable)
        throws Exception {
      return new JdkContexts(
          jdkContext(client, trust, null), jdkContext(server, trust, null), group, resumable);
    }
  };

  private static final Provider CONSCRYPT_PROVIDER = Conscrypt.newProvider();
  private static final String[] PROTOCOLS = {"TLSv1.3"};

  /** Where the engines of one pair of parties come from. */
  interface Contexts {
    SSLEngine newClient() throws SSLException;

    SSLEngine newServer() throws SSLException;
  }

  abstract Contexts contexts(
      TestSvid client, TestSvid server, TrustManager trust, String group, boolean resumable)
      throws Exception;

  private record NettyContexts(SslContext client, SslContext server, boolean resumable)
      implements Contexts {
    @Override
    public SSLEngine newClient() {
      // Without a peer's name the client looks for no session.
      return resumable
          ? client.newEngine(UnpooledByteBufAllocator.DEFAULT, "peer.test", 443)
          : client.newEngine(UnpooledByteBufAllocator.DEFAULT);
    }

    @Override
    public SSLEngine newServer() {
      return server.newEngine(UnpooledByteBufAllocator.DEFAULT);
    }
  }

  private record JdkContexts(SSLContext client, SSLContext server, String group, boolean resumable)
      implements Contexts {
    @Override
    public SSLEngine newClient() {
      SSLEngine engine =
          resumable ? client.createSSLEngine("peer.test", 443) : client.createSSLEngine();
      engine.setUseClientMode(true);
      return configured(engine);
    }

    @Override
    public SSLEngine newServer() {
      SSLEngine engine = server.createSSLEngine();
      engine.setUseClientMode(false);
      engine.setNeedClientAuth(true);
      return configured(engine);
    }

    private SSLEngine configured(SSLEngine engine) {
      engine.setEnabledProtocols(PROTOCOLS);
      SSLParameters parameters = engine.getSSLParameters();
      parameters.setNamedGroups(new String[] {group});
      engine.setSSLParameters(parameters);
      if (Conscrypt.isConscrypt(engine)) {
        Conscrypt.setUseSessionTickets(engine, resumable);
      }
      return engine;
    }
  }

  private static SslContext nettyContext(
      SslContextBuilder builder,
      TrustManager trust,
      String group,
      boolean server,
      boolean resumable)
      throws SSLException {
    SslContext context =
        builder
            .sslProvider(SslProvider.OPENSSL)
            .trustManager(trust)
            .endpointIdentificationAlgorithm("")
            .clientAuth(ClientAuth.REQUIRE)
            .protocols(PROTOCOLS)
            .option(OpenSslContextOption.GROUPS, new String[] {group})
            .build();
    OpenSslSessionContext sessions = (OpenSslSessionContext) context.sessionContext();
    sessions.setSessionCacheEnabled(resumable);
    if (server && resumable) {
      byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
      new SecureRandom().nextBytes(key);
      sessions.setTicketKeys(
          new OpenSslSessionTicketKey(
              java.util.Arrays.copyOfRange(key, 0, OpenSslSessionTicketKey.NAME_SIZE),
              java.util.Arrays.copyOfRange(key, 16, 32),
              java.util.Arrays.copyOfRange(key, 32, 48)));
    }
    return context;
  }

  private static SSLContext jdkContext(
      TestSvid svid, TrustManager trust, @org.jspecify.annotations.Nullable Provider provider)
      throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry("svid", svid.privateKey(), new char[0], svid.x509Chain());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, new char[0]);
      SSLContext context =
          provider == null
              ? SSLContext.getInstance("TLSv1.3")
              : SSLContext.getInstance("TLSv1.3", provider);
      context.init(keys.getKeyManagers(), new TrustManager[] {trust}, new SecureRandom());
      return context;
    } catch (java.io.IOException e) {
      throw new GeneralSecurityException("key store in memory", e);
    }
  }
}
