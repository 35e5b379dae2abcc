package dev.alts.ca.admin.oidc;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Resource;
import dev.alts.ca.fetch.FetchException;
import dev.alts.ca.fetch.FetchLimits;
import dev.alts.ca.fetch.HttpsFetcher;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.ca.fetch.ServerTrust;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The provider's keys, found by its discovery document. If they cannot be had, no token is good:
 * there is no other set to fall back to (abuse-36). Thread-safe.
 */
final class ProviderKeys implements JWKSource<SecurityContext> {
  private static final FetchLimits LIMITS = new FetchLimits(Duration.ofSeconds(10), 256 * 1024);
  private static final String JSON_TYPE = "application/json";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final String issuer;
  private final HttpsFetcher fetcher;
  private final ServerTrust trust;
  private volatile @Nullable JWKSource<SecurityContext> found;

  ProviderKeys(String issuer, HttpsFetcher fetcher, ServerTrust trust) {
    this.issuer = issuer;
    this.fetcher = fetcher;
    this.trust = trust;
  }

  @Override
  public List<JWK> get(JWKSelector selector, SecurityContext context) throws KeySourceException {
    JWKSource<SecurityContext> keys = found;
    if (keys == null) {
      keys = discover();
      found = keys;
    }
    return keys.get(selector, context);
  }

  private JWKSource<SecurityContext> discover() throws KeySourceException {
    String place = issuer + (issuer.endsWith("/") ? "" : "/") + ".well-known/openid-configuration";
    try {
      JsonNode document = JSON.readTree(fetch(place));
      if (!issuer.equals(document.path("issuer").asString(""))) {
        throw new RemoteKeySourceException("discovery: of another issuer", null);
      }
      URL keys = URI.create(document.path("jwks_uri").asString("")).toURL();
      // Bounded in time and size, cached for five minutes, asked anew for a key that is unknown but
      // not more often than every thirty seconds: whoever sends tokens does not decide how often.
      return JWKSourceBuilder.<SecurityContext>create(
              keys, url -> new Resource(fetch(url.toString()), JSON_TYPE))
          .build();
    } catch (IOException | IllegalArgumentException | JacksonException e) {
      throw new RemoteKeySourceException("discovery failed: " + e.getMessage(), e);
    }
  }

  private String fetch(String url) throws IOException {
    try {
      return new String(
          fetcher.get(HttpsUrl.parse(url), JSON_TYPE, trust, LIMITS).body().toByteArray(),
          StandardCharsets.UTF_8);
    } catch (FetchException | IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
