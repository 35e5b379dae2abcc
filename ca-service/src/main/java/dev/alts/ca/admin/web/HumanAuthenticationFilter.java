package dev.alts.ca.admin.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Authenticates each request anew from the connection's client certificate. A connection may be
 * hours old, and a resumed TLS session was not verified by its handshake at all (abuse-25).
 */
final class HumanAuthenticationFilter extends OncePerRequestFilter {
  static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

  private final HumanCertificates certificates;

  HumanAuthenticationFilter(HumanCertificates certificates) {
    this.certificates = certificates;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getAttribute(CERTIFICATES) instanceof X509Certificate[] sent && sent.length > 0) {
      Optional<AuthenticatedHuman> human = certificates.authenticate(sent);
      if (human.isPresent()) {
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(new HumanAuthentication(human.get()));
        SecurityContextHolder.setContext(context);
      }
    }
    chain.doFilter(request, response);
  }
}
