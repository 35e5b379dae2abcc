package dev.alts.ca.jwt;

import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The URL that our JWT-SVIDs name as their issuer ({@code iss}), for those who verify them by OIDC
 * discovery; without one the claim is left out, as SPIFFE does not need it.
 */
@Component
public final class JwtIssuer {
  private final @Nullable URI url;

  /**
   * @param text an {@code https} URL without query, fragment or trailing slash; empty: none
   */
  public JwtIssuer(@Value("${alts.ca.jwt-issuer:}") String text) {
    this.url = text.isEmpty() ? null : parse(text);
  }

  public Optional<URI> url() {
    return Optional.ofNullable(url);
  }

  /** OpenID Connect Discovery 1.0 section 3. */
  private static URI parse(String text) {
    URI url = URI.create(text);
    if (!"https".equals(url.getScheme())
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null
        || text.endsWith("/")) {
      throw new IllegalArgumentException(
          "alts.ca.jwt-issuer: \"%s\" (expected: https://HOST[:PORT][/PATH], no slash at the end)"
              .formatted(text));
    }
    return url;
  }
}
