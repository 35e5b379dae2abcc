package dev.alts.ca.admin.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses a certificate and a token at once: which of two humans asks would be our guess
 * (abuse-42).
 */
final class OneCredentialFilter extends OncePerRequestFilter {
  private final ProblemWriter problems;

  OneCredentialFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getHeader(HttpHeaders.AUTHORIZATION) != null
        && request.getAttribute(HumanAuthenticationFilter.CERTIFICATES) != null) {
      problems.write(
          response,
          Problem.of(
              HttpStatus.BAD_REQUEST, "A certificate and a token at once.", "Send one of them."));
      return;
    }
    chain.doFilter(request, response);
  }
}
