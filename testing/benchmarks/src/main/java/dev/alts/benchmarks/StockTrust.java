package dev.alts.benchmarks;

import dev.alts.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The JDK's PKIX trust manager for all engines, counting what it is asked: none in a resumed
 * handshake.
 */
final class StockTrust extends X509ExtendedTrustManager {
  private final X509ExtendedTrustManager pkix;
  private final AtomicLong calls = new AtomicLong();

  private StockTrust(X509ExtendedTrustManager pkix) {
    this.pkix = pkix;
  }

  static StockTrust of(List<TestAuthority> authorities) throws Exception {
    KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
    anchors.load(null, null);
    for (TestAuthority authority : authorities) {
      anchors.setCertificateEntry(
          "authority-" + anchors.size(),
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(authority.certificate())));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(anchors);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager extended) {
        return new StockTrust(extended);
      }
    }
    throw new IllegalStateException("no PKIX trust manager in this JDK");
  }

  long calls() {
    return calls.get();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    calls.incrementAndGet();
    pkix.checkClientTrusted(chain, known(authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    calls.incrementAndGet();
    pkix.checkServerTrusted(chain, known(authType));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(chain, authType);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return pkix.getAcceptedIssuers();
  }

  /** Conscrypt says GENERIC for TLS 1.3, which the JDK's trust manager refuses. */
  private static String known(String authType) {
    return authType.equals("GENERIC") ? "UNKNOWN" : authType;
  }
}
