package dev.alts.e2e;

import io.spiffe.exception.BundleNotFoundException;
import io.spiffe.svid.x509svid.X509Svid;
import io.spiffe.svid.x509svid.X509SvidValidator;
import io.spiffe.workloadapi.X509Source;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** Mutual TLS as a user of the java-spiffe library writes it: its source, its validator, JSSE. */
final class SpiffeMtls {
  private final X509Source source;

  SpiffeMtls(X509Source source) {
    this.source = source;
  }

  /** {@return the SPIFFE IDs that the client and the server saw of each other} */
  List<String> meet() throws Exception {
    SSLContext context = context();
    try (SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setNeedClientAuth(true);
      FutureTask<String> accepted = inBackground(() -> peer((SSLSocket) server.accept()));
      String seenByClient =
          peer(
              (SSLSocket)
                  context
                      .getSocketFactory()
                      .createSocket(InetAddress.getLoopbackAddress(), server.getLocalPort()));
      return List.of(seenByClient, accepted.get());
    }
  }

  private static String peer(SSLSocket socket) throws IOException {
    try (socket) {
      socket.startHandshake();
      // one byte each way: in TLS 1.3 a refusal may come after the client's handshake
      socket.getOutputStream().write(1);
      if (socket.getInputStream().read() != 1) {
        throw new IOException("closed instead of an answer");
      }
      X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return leaf.getSubjectAlternativeNames().iterator().next().get(1).toString();
    } catch (CertificateException e) {
      throw new IOException(e);
    }
  }

  private SSLContext context() throws GeneralSecurityException, IOException {
    X509Svid svid = source.getX509Svid();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("svid", svid.getPrivateKey(), new char[0], svid.getChainArray());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), new TrustManager[] {new BundleTrust()}, new SecureRandom());
    return context;
  }

  private static FutureTask<String> inBackground(Callable<String> work) {
    FutureTask<String> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  /** Trusts whom java-spiffe's validator trusts. */
  private final class BundleTrust extends X509ExtendedTrustManager {
    private void check(X509Certificate[] chain) throws CertificateException {
      try {
        X509SvidValidator.verifyChain(List.of(chain), source);
      } catch (BundleNotFoundException e) {
        throw new CertificateException(e);
      }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      check(chain);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
