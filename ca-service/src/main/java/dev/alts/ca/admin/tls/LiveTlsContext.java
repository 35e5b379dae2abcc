package dev.alts.ca.admin.tls;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Objects;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Tomcat's view of a TLS context of the JDK whose certificate and trust are asked for in every
 * handshake. Tomcat would build a fixed one out of a key store; given this one, it does not.
 */
final class LiveTlsContext implements org.apache.tomcat.util.net.SSLContext {
  private final SSLContext context;
  private final X509ExtendedKeyManager keys;
  private final X509ExtendedTrustManager trust;

  LiveTlsContext(X509ExtendedKeyManager keys, X509ExtendedTrustManager trust) {
    this.keys = keys;
    this.trust = trust;
    try {
      this.context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every Java platform has TLSv1.3", e);
    }
  }

  @Override
  public void init(KeyManager[] keyManagers, TrustManager[] trustManagers, SecureRandom random) {
    throw new IllegalStateException("TLS context: already made (expected: not initialised again)");
  }

  @Override
  public SSLEngine createSSLEngine() {
    return context.createSSLEngine();
  }

  @Override
  public SSLSessionContext getServerSessionContext() {
    return context.getServerSessionContext();
  }

  @Override
  public SSLServerSocketFactory getServerSocketFactory() {
    return context.getServerSocketFactory();
  }

  @Override
  public SSLParameters getSupportedSSLParameters() {
    return context.getSupportedSSLParameters();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return Objects.requireNonNullElseGet(
        keys.getCertificateChain(alias), () -> new X509Certificate[0]);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }

  @Override
  public void destroy() {
    // Nothing is held outside the heap.
  }
}
