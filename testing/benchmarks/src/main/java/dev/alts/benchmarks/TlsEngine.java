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
import java.util.Arrays;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * A TLS 1.3 engine that a user might pick instead: mutual, ECDSA P-256 certificates, AES-128-GCM.
 */
public enum TlsEngine {
  TCNATIVE {
    @Override
    Contexts contexts(
        TestSvid client, TestSvid server, TrustManager trust, String group, boolean resumable)
        throws Exception {
      return TlsEngine.contexts(
          nettyClient(client, trust, group, resumable),
          nettyServer(server, trust, group, resumable ? newTicketKey() : null),
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

  static Contexts contexts(SslContext client, SslContext server, boolean resumable) {
    return new NettyContexts(client, server, resumable);
  }

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

  static SslContext nettyClient(TestSvid svid, TrustManager trust, String group, boolean resumable)
      throws Exception {
    SslContext context =
        configured(
            SslContextBuilder.forClient().keyManager(svid.privateKey(), svid.x509Chain()),
            trust,
            group);
    ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(resumable);
    return context;
  }

  /** {@return a server that resumes with tickets under this key, or does not without one} */
  static SslContext nettyServer(
      TestSvid svid, TrustManager trust, String group, @Nullable OpenSslSessionTicketKey ticketKey)
      throws Exception {
    SslContext context =
        configured(SslContextBuilder.forServer(svid.privateKey(), svid.x509Chain()), trust, group);
    OpenSslSessionContext sessions = (OpenSslSessionContext) context.sessionContext();
    sessions.setSessionCacheEnabled(ticketKey != null);
    if (ticketKey != null) {
      sessions.setTicketKeys(ticketKey);
    }
    return context;
  }

  static OpenSslSessionTicketKey newTicketKey() {
    byte[] key = new byte[OpenSslSessionTicketKey.TICKET_KEY_SIZE];
    new SecureRandom().nextBytes(key);
    return new OpenSslSessionTicketKey(
        Arrays.copyOfRange(key, 0, OpenSslSessionTicketKey.NAME_SIZE),
        Arrays.copyOfRange(key, 16, 32),
        Arrays.copyOfRange(key, 32, 48));
  }

  private static SslContext configured(SslContextBuilder builder, TrustManager trust, String group)
      throws SSLException {
    return builder
        .sslProvider(SslProvider.OPENSSL)
        .trustManager(trust)
        .endpointIdentificationAlgorithm("")
        .clientAuth(ClientAuth.REQUIRE)
        .protocols(PROTOCOLS)
        .option(OpenSslContextOption.GROUPS, new String[] {group})
        .build();
  }

  private static SSLContext jdkContext(
      TestSvid svid, TrustManager trust, @Nullable Provider provider)
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
