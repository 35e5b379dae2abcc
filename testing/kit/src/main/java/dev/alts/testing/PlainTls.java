package dev.alts.testing;

import java.net.InetAddress;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Two programs that speak the JDK's TLS 1.3 and have no idea of SPIFFE. */
public final class PlainTls {
  private static final char[] PASSWORD = "of a key store in memory".toCharArray();

  private PlainTls() {}

  /**
   * {@return what a client that trusts this root, and nothing else, saw of a server that shows this
   * chain, once a byte has come through}
   *
   * @throws javax.net.ssl.SSLHandshakeException if the client does not accept it
   */
  public static List<X509Certificate> meet(
      PrivateKey key, List<X509Certificate> chain, X509Certificate root) throws Exception {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket listening =
        (SSLServerSocket)
            serving(key, chain).getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      FutureTask<Integer> served =
          new FutureTask<>(() -> {
            try (SSLSocket socket = (SSLSocket) listening.accept()) {
              return socket.getInputStream().read();
            }
          });
      Thread unused = Thread.ofVirtual().start(served);
      try (SSLSocket socket =
          (SSLSocket)
              trusting(root).getSocketFactory().createSocket(loopback, listening.getLocalPort())) {
        socket.startHandshake();
        socket.getOutputStream().write(7);
        socket.getOutputStream().flush();
        if (served.get() != 7) {
          throw new AssertionError("the server received something else");
        }
        return Stream.of(socket.getSession().getPeerCertificates())
            .map(X509Certificate.class::cast)
            .toList();
      }
    }
  }

  private static SSLContext serving(PrivateKey key, List<X509Certificate> chain) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry("server", key, PASSWORD, chain.toArray(Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(factory.getKeyManagers(), null, new SecureRandom());
    return context;
  }

  private static SSLContext trusting(X509Certificate root) throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("root", root);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(null, factory.getTrustManagers(), new SecureRandom());
    return context;
  }
}
