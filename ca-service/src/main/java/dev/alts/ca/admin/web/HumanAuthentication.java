package dev.alts.ca.admin.web;

import dev.alts.ca.humans.Permission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/** An authenticated human as Spring Security wants it. */
final class HumanAuthentication extends AbstractAuthenticationToken {
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
    Set<Permission> permissions = EnumSet.of(Permission.HUMAN);
    permissions.addAll(human.rights().permissions());
    return permissions.stream()
        .<GrantedAuthority>map(permission -> new SimpleGrantedAuthority(permission.text()))
        .toList();
  }
}
