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
 * Refuses what a page of another site makes a browser send. There are no cookies here, but a
 * certificate that somebody imported into a browser would come along just as a cookie does
 * (abuse-40). Our own clients send none of these headers.
 */
final class BrowserRequestFilter extends OncePerRequestFilter {
  private static final String FETCH_SITE = "Sec-Fetch-Site";

  private final ProblemWriter problems;

  BrowserRequestFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String site = request.getHeader(FETCH_SITE);
    boolean typedByHand = site == null || site.equals("none");
    if (request.getHeader(HttpHeaders.ORIGIN) != null || !typedByHand) {
      problems.write(
          response,
          Problem.of(
              HttpStatus.FORBIDDEN,
              "This interface does not take requests of web pages.",
              "Use altsctl."));
      return;
    }
    chain.doFilter(request, response);
  }
}
