package dev.alts.ca.admin.web;

import dev.alts.ca.replica.LeaseLostException;
import dev.alts.ca.replica.ReplicaLease;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets no request in while this replica has no lease: an old answer would look like a right one.
 * Comes before authentication, which asks the database too. What a request does it does under the
 * lease that it began with.
 */
final class LeaseFilter extends OncePerRequestFilter {
  private static final Logger log = LoggerFactory.getLogger(LeaseFilter.class);

  private final ReplicaLease lease;
  private final ProblemWriter problems;

  LeaseFilter(ReplicaLease lease, ProblemWriter problems) {
    this.lease = lease;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      lease.call(() -> {
        chain.doFilter(request, response);
        return true;
      });
    } catch (LeaseLostException e) {
      problems.write(response, Problem.noLease());
    } catch (DataAccessException | TransactionException e) {
      log.error("admin request failed: database", e);
      problems.write(response, Problem.unavailable());
    } catch (ServletException | IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new ServletException(e);
    }
  }
}
