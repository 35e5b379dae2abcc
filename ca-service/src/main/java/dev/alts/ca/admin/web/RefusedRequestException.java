package dev.alts.ca.admin.web;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** An endpoint refuses a request; the caller gets exactly this problem. */
public final class RefusedRequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  private RefusedRequestException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  public static RefusedRequestException badRequest(String detail) {
    return new RefusedRequestException(Problem.of(HttpStatus.BAD_REQUEST, detail, null));
  }

  public static RefusedRequestException of(
      HttpStatus status, String detail, @Nullable String hint) {
    return new RefusedRequestException(Problem.of(status, detail, hint));
  }

  public Problem problem() {
    return problem;
  }
}
