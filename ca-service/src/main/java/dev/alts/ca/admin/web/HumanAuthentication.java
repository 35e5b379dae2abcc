package dev.alts.ca.admin.web;

import java.util.List;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** An authenticated human as Spring Security wants it. */
final class HumanAuthentication extends AbstractAuthenticationToken {
  static final String HUMAN_ROLE = "HUMAN";
  static final String ADMIN_ROLE = "ADMIN";
  private static final long serialVersionUID = 1L;

  private final transient AuthenticatedHuman human;

  HumanAuthentication(AuthenticatedHuman human) {
    super(authorities(human));
    this.human = human;
    super.setAuthenticated(true);
  }

  @Override
  public AuthenticatedHuman getPrincipal() {
    return human;
  }

  @Override
  public Object getCredentials() {
    return "";
  }

  private static List<GrantedAuthority> authorities(AuthenticatedHuman human) {
    GrantedAuthority any = new SimpleGrantedAuthority("ROLE_" + HUMAN_ROLE);
    return human.admin()
        ? List.of(any, new SimpleGrantedAuthority("ROLE_" + ADMIN_ROLE))
        : List.of(any);
  }
}
