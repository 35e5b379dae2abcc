package dev.alts.ca.admin.web;

import dev.alts.ca.admin.oidc.OidcLogin;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.ca.humans.RoleRegistry;
import dev.alts.identity.TrustDomain;
import java.util.Objects;
import java.util.Optional;
import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.stereotype.Component;

/** Turns a token that was checked into the human that it stands for, by what holds now. */
@Component
class HumanTokens implements Converter<Jwt, AbstractAuthenticationToken> {
  private final OidcLogin login;
  private final RoleRegistry roles;
  private final TrustDomain own;

  HumanTokens(OidcLogin login, RoleRegistry roles, CaSettings settings) {
    this.login = login;
    this.roles = roles;
    this.own = settings.trustDomain();
  }

  Optional<JwtDecoder> decoder() {
    return login.decoder();
  }

  @Override
  public AbstractAuthenticationToken convert(Jwt token) {
    return login
        .human(token)
        .map(human ->
            new HumanAuthentication(
                new AuthenticatedHuman(
                    human.name(),
                    human.name().spiffeId(own),
                    roles.rights(human.name()),
                    Objects.requireNonNull(token.getExpiresAt(), "checked by the decoder"),
                    null,
                    null)))
        .orElseThrow(() -> new BadCredentialsException("the token stands for nobody here"));
  }
}
