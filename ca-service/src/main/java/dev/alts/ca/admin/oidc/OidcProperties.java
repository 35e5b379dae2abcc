package dev.alts.ca.admin.oidc;

import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.fetch.HttpsUrl;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The provider whose tokens stand for humans.
 *
 * @param issuer as it stands in tokens, {@code https}; absent: no tokens are taken
 * @param audience which tokens are meant for this CA
 * @param claim that names the human
 * @param claimSuffix what must follow the human's name in the claim, such as {@code @example.com}
 * @param acrValues one of them must be the token's {@code acr}; none: any or none
 * @param amrValues all of them must be among the token's {@code amr}, such as {@code mfa}
 * @param algorithms of signatures that are taken; asymmetric ones only
 * @param roots PEM file of the provider's root certificates; absent: those of the Java platform
 */
@ConfigurationProperties("alts.ca.oidc")
public record OidcProperties(
    @Nullable String issuer,
    @Nullable String audience,
    @DefaultValue("sub") String claim,
    @DefaultValue("") String claimSuffix,
    @DefaultValue List<String> acrValues,
    @DefaultValue List<String> amrValues,
    @DefaultValue({"RS256", "ES256"}) List<String> algorithms,
    @Nullable Path roots) {
  private static final Set<String> ASYMMETRIC =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  public OidcProperties {
    acrValues = List.copyOf(acrValues);
    amrValues = List.copyOf(amrValues);
    algorithms = List.copyOf(algorithms);
    if (issuer != null) {
      try {
        var _ = HttpsUrl.parse(issuer);
      } catch (IllegalArgumentException e) {
        throw new StartRefusedException(
            "alts.ca.oidc.issuer: %s.".formatted(e.getMessage()),
            "Name the provider's https URL, letter by letter as its tokens do.");
      }
      if (audience == null || audience.isBlank()) {
        throw new StartRefusedException(
            "alts.ca.oidc.audience is missing.",
            "Name what tokens for this CA have as aud: else every token of the provider is one.");
      }
      if (algorithms.isEmpty() || !ASYMMETRIC.containsAll(algorithms)) {
        throw new StartRefusedException(
            "alts.ca.oidc.algorithms is %s.".formatted(algorithms),
            "Choose among %s.".formatted(ASYMMETRIC.stream().sorted().toList()));
      }
    }
  }
}
