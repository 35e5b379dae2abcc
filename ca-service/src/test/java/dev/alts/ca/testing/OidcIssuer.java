package dev.alts.ca.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.json.JsonMapper;

/** An OIDC issuer of jobs over real HTTPS: discovery, key set, tokens. */
public final class OidcIssuer implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<JWK> published = new CopyOnWriteArrayList<>();
  private final HttpsSite site;
  private final RSAKey rsa;
  private volatile String claimed;
  private volatile boolean answers = true;

  private OidcIssuer(RSAKey rsa) {
    this.rsa = rsa;
    this.site = HttpsSite.start("localhost", this::answer);
    this.claimed = url();
    published.add(rsa.toPublicJWK());
  }

  public static OidcIssuer start() {
    return new OidcIssuer(newRsaKey("first"));
  }

  public static RSAKey newRsaKey(String id) {
    try {
      return new RSAKeyGenerator(2048).keyID(id).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public static ECKey newEcKey(String id) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  public String url() {
    return "https://localhost:" + site.port();
  }

  /** {@return its server's root, DER in base64} */
  public String root() {
    try {
      return Base64.getEncoder().encodeToString(site.root().getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  public RSAKey key() {
    return rsa;
  }

  public void publish(JWK key) {
    published.add(key);
  }

  /** From now on its discovery document is of another issuer. */
  public void claimToBe(String other) {
    claimed = other;
  }

  public void fallSilent() {
    answers = false;
  }

  /** {@return how often its keys were asked for} */
  public long looks() {
    return site.asked().stream().filter("/keys"::equals).count();
  }

  /** {@return claims as its tokens have them, of a job of tenant {@code acme}} */
  public Map<String, Object> claims() {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iss", url());
    claims.put("sub", "repo:acme/pay:ref:refs/heads/main");
    claims.put("aud", "alts");
    claims.put("iat", now);
    claims.put("nbf", now);
    claims.put("exp", now + 300);
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("owner", "acme");
    claims.put("repository", "pay");
    claims.put("run", Map.of("number", 17));
    return claims;
  }

  public String token() {
    return token(claims());
  }

  public String token(Map<String, Object> claims) {
    return sign(rsa, JWSAlgorithm.RS256, claims);
  }

  /** {@return a token signed by any key} */
  public static String sign(JWK key, JWSAlgorithm algorithm, Map<String, Object> claims) {
    return sign(
        key,
        new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(),
        JSON.writeValueAsString(claims));
  }

  /** {@return a token with any header and any payload} */
  public static String sign(JWK key, JWSHeader header, String payload) {
    try {
      JWSSigner signer =
          key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key);
      JWSObject token = new JWSObject(header, new Payload(payload));
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  private void answer(String path, Socket connection) throws IOException {
    if (!answers) {
      return;
    }
    switch (path) {
      case "/.well-known/openid-configuration" ->
          HttpsSite.write(
              connection,
              HttpsSite.json(
                  JSON.writeValueAsString(Map.of("issuer", claimed, "jwks_uri", url() + "/keys"))));
      case "/keys" ->
          HttpsSite.write(connection, HttpsSite.json(new JWKSet(published).toString(true)));
      default -> HttpsSite.write(connection, "HTTP/1.1 404 Not Found\r\n\r\n");
    }
  }

  @Override
  public void close() {
    site.close();
  }
}
