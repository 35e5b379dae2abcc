package dev.alts.ca.admin.web;

import dev.alts.ca.humans.HumanName;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * So much of each human and no more, by whichever certificates and tokens (abuse-41). Remembers
 * only humans who are in the registry, so what it keeps is bounded by that.
 */
final class HumanLimitFilter extends OncePerRequestFilter {
  private final Map<HumanName, Allowance> requests = new ConcurrentHashMap<>();
  private final Map<HumanName, Allowance> changes = new ConcurrentHashMap<>();
  private final RequestLimits limits;
  private final LongSupplier nanoTime;
  private final ProblemWriter problems;

  HumanLimitFilter(RequestLimits limits, LongSupplier nanoTime, ProblemWriter problems) {
    this.limits = limits;
    this.nanoTime = nanoTime;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (caller != null && caller.getPrincipal() instanceof AuthenticatedHuman human) {
      long wait = take(requests, human.name(), limits.requestsPerMinute());
      if (wait == 0 && !request.getMethod().equals(HttpMethod.GET.name())) {
        wait = take(changes, human.name(), limits.changesPerMinute());
      }
      if (wait > 0) {
        response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(wait));
        problems.write(
            response,
            Problem.of(
                HttpStatus.TOO_MANY_REQUESTS,
                "%s asks too often. Nothing was changed.".formatted(human.name()),
                "Try again in %d s.".formatted(wait)));
        return;
      }
    }
    chain.doFilter(request, response);
  }

  private long take(Map<HumanName, Allowance> allowances, HumanName human, int perMinute) {
    return allowances
        .computeIfAbsent(human, name -> new Allowance(perMinute, nanoTime.getAsLong()))
        .take(nanoTime.getAsLong());
  }

  /** A bucket of tokens that fills again by the minute. */
  private static final class Allowance {
    private final double most;
    private final long nanosEach;
    private double left;
    private long at;

    Allowance(int perMinute, long now) {
      this.most = perMinute;
      this.nanosEach = Duration.ofMinutes(1).toNanos() / perMinute;
      this.left = perMinute;
      this.at = now;
    }

    /** {@return 0 if this one is allowed, else after how many seconds one will be} */
    synchronized long take(long now) {
      left = Math.min(most, left + (double) (now - at) / nanosEach);
      at = now;
      if (left >= 1) {
        left -= 1;
        return 0;
      }
      return Math.ceilDiv((long) ((1 - left) * nanosEach), Duration.ofSeconds(1).toNanos());
    }
  }
}
