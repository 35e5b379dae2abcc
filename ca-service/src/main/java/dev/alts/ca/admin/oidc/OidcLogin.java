package dev.alts.ca.admin.oidc;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.configuration.StartRefusedException;
import dev.alts.ca.fetch.HttpsFetcher;
import dev.alts.ca.fetch.ServerTrust;
import dev.alts.ca.humans.Human;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.HumanRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.stereotype.Component;

/** Which human of the registry a token of the provider stands for. */
@Component
public class OidcLogin {
  private static final Logger log = LoggerFactory.getLogger(OidcLogin.class);
  private static final Duration SKEW = Duration.ofSeconds(30);

  private final OidcProperties properties;
  private final HumanRegistry humans;
  private final @Nullable JwtDecoder decoder;

  OidcLogin(OidcProperties properties, HumanRegistry humans, HttpsFetcher fetcher) {
    this.properties = properties;
    this.humans = humans;
    String issuer = properties.issuer();
    this.decoder = issuer == null ? null : decoder(issuer, fetcher);
  }

  /** {@return what checks tokens; empty: none are taken} */
  public Optional<JwtDecoder> decoder() {
    return Optional.ofNullable(decoder);
  }

  /** {@return the human, or empty if this checked token stands for nobody here} */
  public Optional<Human> human(Jwt token) {
    Instant issuedAt = Objects.requireNonNull(token.getIssuedAt(), "checked by the decoder");
    Optional<Human> human =
        name(token)
            .flatMap(humans::find)
            .filter(known -> !known.isDisabled())
            // Disabled and enabled again: what was given out before stays worthless.
            .filter(known -> !issuedAt.isBefore(known.acceptsIssuedFrom()));
    if (human.isEmpty()) {
      log.info("token refused cause=its human is unknown, disabled, or was disabled since");
    }
    return human;
  }

  /**
   * A claim that is not exactly a name and the suffix names nobody; nothing is folded (abuse-38).
   */
  private Optional<HumanName> name(Jwt token) {
    if (!(token.getClaims().get(properties.claim()) instanceof String text)
        || !text.endsWith(properties.claimSuffix())) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new HumanName(text.substring(0, text.length() - properties.claimSuffix().length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private JwtDecoder decoder(String issuer, HttpsFetcher fetcher) {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    Set<JWSAlgorithm> algorithms =
        properties.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet());
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            algorithms, new ProviderKeys(issuer, fetcher, trust(properties.roots()))));
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    // The others are checked below; there a missing iat has been made up from exp already.
    processor.setJWTClaimsSetVerifier((claims, context) -> {
      if (claims.getIssueTime() == null || claims.getExpirationTime() == null) {
        throw new BadJWTException("expected iat and exp");
      }
    });
    NimbusJwtDecoder nimbus = new NimbusJwtDecoder(processor);
    nimbus.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            List.of(
                new JwtTimestampValidator(SKEW),
                new JwtIssuerValidator(issuer),
                require("exp and iat, at most 20 hours apart", OidcLogin::hasTimes),
                require(
                    "aud with " + properties.audience(),
                    token ->
                        token.getAudience() != null
                            && token.getAudience().contains(properties.audience())),
                // Else whoever may write an address into their own profile is anybody (abuse-42).
                require(
                    "email_verified, since email names the human",
                    token ->
                        !properties.claim().equals("email")
                            || Boolean.TRUE.equals(token.getClaims().get("email_verified"))),
                require(
                    "acr of " + properties.acrValues(),
                    token ->
                        properties.acrValues().isEmpty()
                            || (token.getClaims().get("acr") instanceof String acr
                                && properties.acrValues().contains(acr))),
                require(
                    "amr with " + properties.amrValues(),
                    token ->
                        properties.amrValues().isEmpty()
                            || (token.getClaims().get("amr") instanceof List<?> amr
                                && amr.containsAll(properties.amrValues()))))));
    return nimbus;
  }

  /** A token without an end would be a password (abuse-35). */
  private static boolean hasTimes(Jwt token) {
    Instant from = token.getIssuedAt();
    Instant until = token.getExpiresAt();
    return from != null
        && until != null
        && Duration.between(from, until).compareTo(CaSettings.HUMAN_LIMIT) <= 0;
  }

  private interface Condition {
    boolean holds(Jwt token);
  }

  private static OAuth2TokenValidator<Jwt> require(String what, Condition condition) {
    OAuth2Error error = new OAuth2Error("invalid_token", "expected " + what, null);
    return token ->
        condition.holds(token)
            ? OAuth2TokenValidatorResult.success()
            : OAuth2TokenValidatorResult.failure(error);
  }

  private static ServerTrust trust(@Nullable Path roots) {
    if (roots == null) {
      return ServerTrust.ofPlatform();
    }
    try (InputStream pem = Files.newInputStream(roots)) {
      return ServerTrust.ofRoots(
          CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
              .map(X509Certificate.class::cast)
              .toList());
    } catch (IOException | CertificateException | IllegalArgumentException e) {
      throw new StartRefusedException(
          "alts.ca.oidc.roots: %s cannot be read: %s.".formatted(roots, e.getMessage()),
          "Name a PEM file with the root certificates of the provider's server.",
          e);
    }
  }
}
