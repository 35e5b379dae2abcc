package dev.alts.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.alts.api.machine.v1.GetTrustDocumentResponse;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.testing.TrustsAnyone;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;

/**
 * A CA's REST interface over real TLS: it enrols whoever comes and answers what a test told it to.
 */
final class FakeCa implements AutoCloseable {
  /**
   * A request that arrived, with the SPIFFE ID of the TLS client, empty without a certificate.
   *
   * @param ifMatch the condition, empty without one
   */
  record Received(String method, String path, String client, String body, String ifMatch) {}

  /** What a path answers. */
  record Answer(int status, String contentType, String body) {
    static Answer json(int status, String body) {
      return new Answer(
          status, status < 400 ? "application/json" : "application/problem+json", body);
    }
  }

  private final TestTrustDomain domain;
  private final HttpsServer server;
  private final List<Received> received = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  private final Map<String, Answer> onlyOnce = new ConcurrentHashMap<>();

  private volatile GetTrustDocumentResponse documents;
  private volatile boolean floods;
  private volatile boolean oldWay;

  private FakeCa(TestTrustDomain domain, TestSvid svid) throws Exception {
    this.domain = domain;
    this.documents =
        GetTrustDocumentResponse.newBuilder().setTrustDocument(domain.trustDocument()).build();
    this.server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new ClientCertificateWanted(tls(svid)));
    server.createContext("/", this::handle);
    server.start();
  }

  /** {@return a CA of {@code domain} that shows the SVID for {@code path}} */
  static FakeCa start(TestTrustDomain domain, String path) throws Exception {
    return new FakeCa(domain, domain.tls(path));
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  List<Received> received() {
    return List.copyOf(received);
  }

  void answer(String method, String path, Answer answer) {
    answers.put(method + " " + path, answer);
  }

  /** Answers this to the next such request, and then what {@link #answer} says. */
  void answerOnce(String method, String path, Answer answer) {
    onlyOnce.put(method + " " + path, answer);
  }

  /** Serves its trust document as CAs did that had no ways from one root to the next. */
  void publishOldWay() {
    oldWay = true;
  }

  /** From now on answers everything with more than anybody wants to have. */
  void flood() {
    floods = true;
  }

  /** Publishes {@code newest}, to which {@code bridges} lead. */
  void publish(SignedDocument newest, SignedDocument... bridges) {
    documents =
        GetTrustDocumentResponse.newBuilder()
            .setTrustDocument(newest)
            .addAllBridges(List.of(bridges))
            .build();
  }

  @Override
  public void close() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString();
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    String ifMatch =
        Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("If-Match"), "");
    received.add(new Received(exchange.getRequestMethod(), path, client(exchange), body, ifMatch));
    String asked = exchange.getRequestMethod() + " " + path;
    Answer once = onlyOnce.remove(asked);
    Answer planned = once == null ? answers.get(asked) : once;
    if (planned != null && planned.status() == 429) {
      exchange.getResponseHeaders().set("Retry-After", "1");
    }
    if (floods) {
      flood(exchange);
    } else if (planned != null) {
      reply(
          exchange,
          planned.status(),
          planned.contentType(),
          planned.body().getBytes(StandardCharsets.UTF_8));
    } else if (oldWay && path.equals("/v1/trust-document")) {
      reply(exchange, 200, "application/x-protobuf", documents.getTrustDocument().toByteArray());
    } else if (path.equals("/v1/trust-documents")) {
      reply(exchange, 200, "application/x-protobuf", documents.toByteArray());
    } else if (path.equals("/v1/enrolments/redeem") || path.equals("/v1/login/renew")) {
      reply(exchange, 200, "application/json", enrol(body).getBytes(StandardCharsets.UTF_8));
    } else {
      reply(
          exchange,
          404,
          "application/problem+json",
          "{\"title\":\"none\"}".getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void flood(HttpExchange exchange) throws IOException {
    byte[] chunk = new byte[1 << 20];
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int megabytes = 0; megabytes < 80; megabytes++) {
        out.write(chunk);
      }
    }
  }

  private String enrol(String body) {
    JsonObject request = JsonParser.parseString(body).getAsJsonObject();
    JsonObject answer = new JsonObject();
    answer.addProperty("spiffeId", domain.id("/human/ada"));
    answer.add("master", issue(request.get("masterSpki").getAsString(), true));
    answer.add("tls", issue(request.get("tlsSpki").getAsString(), false));
    answer.addProperty("notAfter", domain.now().plusSeconds(3600).toString());
    return answer.toString();
  }

  private JsonArray issue(String spki, boolean mayDelegate) {
    TestSvid svid =
        domain.svid(
            "/human/ada",
            domain.attributes("/human/ada").withMayDelegate(mayDelegate),
            request -> request.keyPair(new KeyPair(publicKey(spki), null)));
    JsonArray chain = new JsonArray();
    chain.add(Base64.getEncoder().encodeToString(svid.certificate()));
    return chain;
  }

  private static PublicKey publicKey(String spki) {
    try {
      return KeyFactory.getInstance("EC")
          .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(spki)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String client(HttpExchange exchange) {
    try {
      X509Certificate leaf =
          (X509Certificate) ((HttpsExchange) exchange).getSSLSession().getPeerCertificates()[0];
      return leaf.getSubjectAlternativeNames().iterator().next().get(1).toString();
    } catch (SSLPeerUnverifiedException e) {
      return "";
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static void reply(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static SSLContext tls(TestSvid svid) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("ca", svid.privateKey(), new char[0], svid.x509Chain());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(
        keys.getKeyManagers(), new TrustManager[] {new TrustsAnyone()}, new SecureRandom());
    return context;
  }

  private static final class ClientCertificateWanted extends HttpsConfigurator {
    private ClientCertificateWanted(SSLContext context) {
      super(context);
    }

    @Override
    public void configure(HttpsParameters parameters) {
      SSLParameters tls = getSSLContext().getDefaultSSLParameters();
      tls.setWantClientAuth(true);
      parameters.setSSLParameters(tls);
    }
  }
}
