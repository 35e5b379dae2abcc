package dev.alts.ca.testing;

import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestKeys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** A server of HTTPS on loopback that answers each request with the bytes that a test wants. */
public final class HttpsSite implements AutoCloseable {
  private static final char[] NO_PASSWORD = new char[0];

  private final SSLServerSocket listener;
  private final X509Certificate root;
  private final Answers answers;
  private final List<String> asked = new CopyOnWriteArrayList<>();

  /** What a path is answered with: the whole answer, head and body. */
  @FunctionalInterface
  public interface Answers {
    /** Writes the answer; the connection ends when it returns. */
    void answer(String path, Socket connection) throws IOException;
  }

  private HttpsSite(SSLServerSocket listener, X509Certificate root, Answers answers) {
    this.listener = listener;
    this.root = root;
    this.answers = answers;
  }

  /** {@return a site with a certificate for {@code host}, under a root of its own} */
  public static HttpsSite start(String host, Answers answers) {
    try {
      Instant now = Instant.now();
      TestAuthority authority =
          TestAuthority.selfSigned(
              "Root of " + host,
              "unused",
              now,
              made ->
                  made.noNames()
                      .ca(1)
                      .validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(30))));
      KeyPair key = TestKeys.p256();
      byte[] der =
          authority
              .issue(
                  "unused",
                  made ->
                      made.noNames()
                          .subject("CN=" + host)
                          .dnsName(host)
                          .keyPair(key)
                          .attributes(null)
                          .validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(20))))
              .certificate();
      X509Certificate root = CorporateCa.parse(authority.certificate());
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "site", key.getPrivate(), NO_PASSWORD, new Certificate[] {CorporateCa.parse(der), root});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      HttpsSite site =
          new HttpsSite(
              (SSLServerSocket)
                  context
                      .getServerSocketFactory()
                      .createServerSocket(0, 64, InetAddress.getLoopbackAddress()),
              root,
              answers);
      Thread.ofVirtual().name("https-site").start(site::serve);
      return site;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a site of HTTPS for tests", e);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  public X509Certificate root() {
    return root;
  }

  /** {@return the paths that were asked for so far} */
  public List<String> asked() {
    return List.copyOf(asked);
  }

  /** {@return an answer of status 200 with this JSON} */
  public static String json(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        .formatted(body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  public static void write(Socket connection, String text) throws IOException {
    connection.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    connection.getOutputStream().flush();
  }

  private void serve() {
    while (!listener.isClosed()) {
      try {
        Socket connection = listener.accept();
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      String first = in.readLine();
      if (first == null) {
        return;
      }
      String path = first.split(" ")[1];
      for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
        // Headers say nothing here.
        continue;
      }
      asked.add(path);
      answers.answer(path, connection);
    } catch (IOException e) {
      // Clients hang up on purpose: that is what is tested.
      return;
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
