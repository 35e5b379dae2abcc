package dev.alts.ca.admin.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Set;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Bounds every body before anything parses it (abuse-41). Runs behind the security chain, so who is
 * refused there gets nothing read at all; memory grows with what came, never with what was
 * announced.
 */
@Component
final class BodyLimitFilter extends OncePerRequestFilter {
  static final int MAX_BODY_BYTES = 16 * 1024;
  static final int MAX_POLICY_BYTES = 1024 * 1024;
  private static final Set<String> POLICIES =
      Set.of("/v1/rules", "/v1/rules/test", "/v1/naming", "/v1/roots/import");

  private final ProblemWriter problems;

  BodyLimitFilter(ProblemWriter problems) {
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    int limit = POLICIES.contains(request.getRequestURI()) ? MAX_POLICY_BYTES : MAX_BODY_BYTES;
    if (request.getContentLengthLong() > limit) {
      problems.write(response, Problem.of(HttpStatus.CONTENT_TOO_LARGE));
      return;
    }
    byte[] body = request.getInputStream().readNBytes(limit + 1);
    if (body.length > limit) {
      problems.write(response, Problem.of(HttpStatus.CONTENT_TOO_LARGE));
      return;
    }
    chain.doFilter(new ReadRequest(request, body), response);
  }

  /** A request whose body is in memory. */
  private static final class ReadRequest extends HttpServletRequestWrapper {
    private final ByteArrayInputStream body;

    ReadRequest(HttpServletRequest request, byte[] body) {
      super(request);
      this.body = new ByteArrayInputStream(body);
    }

    @Override
    public ServletInputStream getInputStream() {
      return new ServletInputStream() {
        @Override
        public int read() {
          return body.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
          return body.read(target, offset, length);
        }

        @Override
        public boolean isFinished() {
          return body.available() == 0;
        }

        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setReadListener(ReadListener listener) {
          throw new IllegalStateException("request body: not read asynchronously here");
        }
      };
    }
  }
}
