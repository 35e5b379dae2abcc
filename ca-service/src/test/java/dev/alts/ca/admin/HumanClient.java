package dev.alts.ca.admin;

import dev.alts.ca.authority.TrustDocuments;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.BootstrapToken;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.tls.SvidTrustManager;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real HTTPS client of the admin port, with or without a client certificate. Every answer is held
 * against {@code openapi.yaml}.
 */
public final class HumanClient implements AutoCloseable {
  static final SecureRandom RANDOM = new SecureRandom();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final RunningCa ca;
  private final HttpClient http;

  private HumanClient(RunningCa ca, KeyManager @Nullable [] keys) {
    this.ca = ca;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(20))
            .sslContext(tls(ca, keys))
            .build();
  }

  /** {@return a client without a certificate} */
  static HumanClient anonymous(RunningCa ca) {
    return new HumanClient(ca, null);
  }

  static HumanClient with(RunningCa ca, PrivateKey key, X509Certificate... chain) {
    return new HumanClient(ca, keyManagers(key, chain));
  }

  /** {@return a client that logged in with this code} */
  static HumanClient login(RunningCa ca, String code) {
    KeyPair tls = newKey();
    try (HumanClient newcomer = anonymous(ca)) {
      HttpResponse<String> answer =
          newcomer.post("/v1/enrolments/redeem", redemption(code, newKey(), tls));
      if (answer.statusCode() != 200) {
        throw new AssertionError("not logged in: " + answer.body());
      }
      String der = JSON.readTree(answer.body()).get("tls").get(0).asString();
      return with(ca, tls.getPrivate(), certificate(Base64.getDecoder().decode(der)));
    }
  }

  static String redemption(String code, KeyPair master, KeyPair tls) {
    try (BootstrapToken token = BootstrapToken.parse(code)) {
      return "{\"secret\":\"%s\",\"masterSpki\":\"%s\",\"tlsSpki\":\"%s\"}"
          .formatted(
              base64(token.secret().exposeCopy()),
              base64(master.getPublic().getEncoded()),
              base64(tls.getPublic().getEncoded()));
    }
  }

  static KeyPair newKey() {
    return EcdsaP256.best().generateKeyPair(RANDOM);
  }

  static X509Certificate certificate(byte[] der) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET().build());
  }

  HttpResponse<String> post(String path, String json) {
    return send("POST", path, BodyPublishers.ofString(json));
  }

  HttpResponse<String> put(String path, String json) {
    return send("PUT", path, BodyPublishers.ofString(json));
  }

  HttpResponse<String> send(String method, String path, BodyPublisher body) {
    return send(
        request(path).method(method, body).header("Content-Type", "application/json").build());
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(ca.admin(path)).timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return tryToSend(request);
    } catch (IOException e) {
      throw new AssertionError("no answer to " + request, e);
    }
  }

  HttpResponse<String> tryToSend(HttpRequest request) throws IOException {
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      Contract.ours().check(request, answer);
      return answer;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  byte[] getBytes(String path) {
    try {
      HttpRequest request = request(path).GET().build();
      HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
      Contract.ours().check(request, answer);
      return answer.body();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static JsonNode json(HttpResponse<String> response) {
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    http.close();
  }

  private static SSLContext tls(RunningCa ca, KeyManager @Nullable [] keys) {
    TrustDocument document = ca.bean(TrustDocuments.class).current().parsed();
    VerificationContext context = VerificationContext.ofOwn(new TrustedDomain(document, null));
    SvidTrustManager trust =
        new SvidTrustManager(
            new PeerVerifier(),
            () -> context,
            id -> id.path().equals("/ca"),
            InstantSource.system());
    try {
      SSLContext tls = SSLContext.getInstance("TLSv1.3");
      tls.init(keys, new TrustManager[] {trust}, RANDOM);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyManager[] keyManagers(PrivateKey key, X509Certificate... chain) {
    try {
      char[] password = "of a key store in memory".toCharArray();
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("human", key, password, (Certificate[]) chain);
      KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, password);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  static Bytes spki(KeyPair pair) {
    return Bytes.copyOf(pair.getPublic().getEncoded());
  }
}
