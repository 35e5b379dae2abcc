package dev.alts.e2e;

import io.spiffe.provider.SpiffeSslContextFactory;
import io.spiffe.provider.SpiffeSslContextFactory.SslContextOptions;
import io.spiffe.spiffeid.SpiffeId;
import io.spiffe.workloadapi.X509Source;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Mutual TLS as a user of the java-spiffe library writes it. */
final class SpiffeMtls {
  private final X509Source source;
  private final String accepted;

  SpiffeMtls(X509Source source, String accepted) {
    this.source = source;
    this.accepted = accepted;
  }

  /** {@return the SPIFFE IDs that the client and the server saw of each other} */
  List<String> meet() throws Exception {
    SSLContext context = context();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    try (SSLServerSocket server =
        (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, loopback)) {
      server.setNeedClientAuth(true);
      FutureTask<String> accepting = inBackground(() -> peer((SSLSocket) server.accept()));
      String seenByClient =
          peer(
              (SSLSocket) context.getSocketFactory().createSocket(loopback, server.getLocalPort()));
      return List.of(seenByClient, accepting.get());
    }
  }

  private SSLContext context() throws GeneralSecurityException {
    return SpiffeSslContextFactory.getSslContext(
        SslContextOptions.builder()
            .x509Source(source)
            .acceptedSpiffeIdsSupplier(() -> Set.of(SpiffeId.parse(accepted)))
            .build());
  }

  private static String peer(SSLSocket socket) throws IOException, GeneralSecurityException {
    try (socket) {
      socket.startHandshake();
      // one byte each way: in TLS 1.3 a refusal may come after the client's handshake
      socket.getOutputStream().write(1);
      if (socket.getInputStream().read() != 1) {
        throw new IOException("closed instead of an answer");
      }
      X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return leaf.getSubjectAlternativeNames().iterator().next().get(1).toString();
    }
  }

  private static FutureTask<String> inBackground(Callable<String> work) {
    FutureTask<String> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }
}
