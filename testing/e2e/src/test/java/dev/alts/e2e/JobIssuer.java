package dev.alts.e2e;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestKeys;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An OIDC issuer of jobs: discovery, key set and tokens, as a CI system has them. */
final class JobIssuer implements AutoCloseable {
  private static final char[] NO_PASSWORD = new char[0];

  private final HttpsServer server;
  private final byte[] root;
  private final KeyPair key = TestKeys.rsa(2048);

  private JobIssuer(HttpsServer server, byte[] root) {
    this.server = server;
    this.root = root;
  }

  static JobIssuer start() throws IOException, GeneralSecurityException {
    Instant now = Instant.now();
    TestAuthority authority =
        TestAuthority.selfSigned(
            "Root of jobs",
            "unused",
            now,
            made ->
                made.noNames()
                    .ca(1)
                    .validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(9))));
    KeyPair tls = TestKeys.p256();
    byte[] certificate =
        authority
            .issue(
                "unused",
                made ->
                    made.noNames()
                        .subject("CN=localhost")
                        .dnsName("localhost")
                        .keyPair(tls)
                        .attributes(null)
                        .validity(now.minus(Duration.ofDays(1)), now.plus(Duration.ofDays(8))))
            .certificate();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(tls, certificate)));
    JobIssuer issuer = new JobIssuer(server, authority.certificate());
    issuer.serve("/.well-known/openid-configuration", issuer.discovery());
    issuer.serve("/keys", issuer.keys());
    server.start();
    return issuer;
  }

  private static SSLContext context(KeyPair key, byte[] certificate)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    Certificate parsed =
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(certificate));
    store.setKeyEntry("issuer", key.getPrivate(), NO_PASSWORD, new Certificate[] {parsed});
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private void serve(String path, JsonObject answer) {
    byte[] body = answer.toString().getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
  }

  String url() {
    return "https://localhost:" + server.getAddress().getPort();
  }

  /** {@return its server's root, PEM} */
  String rootPem() {
    return "-----BEGIN CERTIFICATE-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(root)
        + "\n-----END CERTIFICATE-----\n";
  }

  private JsonObject discovery() {
    JsonObject discovery = new JsonObject();
    discovery.addProperty("issuer", url());
    discovery.addProperty("jwks_uri", url() + "/keys");
    return discovery;
  }

  private JsonObject keys() {
    RSAPublicKey rsa = (RSAPublicKey) key.getPublic();
    JsonObject jwk = new JsonObject();
    jwk.addProperty("kty", "RSA");
    jwk.addProperty("kid", "1");
    jwk.addProperty("use", "sig");
    jwk.addProperty("alg", "RS256");
    jwk.addProperty("n", base64(unsigned(rsa.getModulus())));
    jwk.addProperty("e", base64(unsigned(rsa.getPublicExponent())));
    JsonArray keys = new JsonArray();
    keys.add(jwk);
    JsonObject set = new JsonObject();
    set.add("keys", keys);
    return set;
  }

  /** {@return a token of a job of {@code repository}} */
  String token(String repository) throws GeneralSecurityException {
    long now = Instant.now().getEpochSecond();
    JsonObject claims = new JsonObject();
    claims.addProperty("iss", url());
    claims.addProperty("sub", "repo:" + repository);
    claims.addProperty("aud", "alts");
    claims.addProperty("iat", now);
    claims.addProperty("exp", now + 300);
    claims.addProperty("jti", UUID.randomUUID().toString());
    claims.addProperty("repository", repository);
    String signed =
        base64("{\"alg\":\"RS256\",\"kid\":\"1\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
            + "."
            + base64(claims.toString().getBytes(StandardCharsets.UTF_8));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(key.getPrivate());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + base64(signature.sign());
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
