package dev.alts.ca.admin.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/**
 * What went wrong, for the caller (RFC 9457). Says what the caller can do about it; never what is
 * inside: no class, no statement, no path, no text that somebody else sent.
 *
 * @param type URI of the kind of problem
 * @param hint what to do; null: nothing beyond the detail
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(String type, String title, int status, String detail, @Nullable String hint) {

  /** A third of a lease: as often as a replica tries to get one. */
  private static final int RETRY_SECONDS = 5;

  /** What is limited is limited by the minute. */
  private static final int RETRY_MINUTE = 60;

  public static Problem of(HttpStatus status, String detail, @Nullable String hint) {
    return new Problem("about:blank", status.getReasonPhrase(), status.value(), detail, hint);
  }

  /** {@return the problem of a replica that may not act now} */
  static Problem noLease() {
    return of(
        HttpStatus.SERVICE_UNAVAILABLE,
        "This replica of the CA has no lease at the moment. Nothing was changed.",
        "Ask another replica (--ca HOST:PORT,HOST:PORT), or this one again in a few seconds.");
  }

  /** {@return the problem of a database or an audit log that cannot be reached} */
  static Problem unavailable() {
    return of(HttpStatus.SERVICE_UNAVAILABLE);
  }

  /** {@return after how many seconds asking again has a point; 0: the status does not say} */
  int retryAfterSeconds() {
    if (status == HttpStatus.TOO_MANY_REQUESTS.value()) {
      return RETRY_MINUTE;
    }
    return status == HttpStatus.SERVICE_UNAVAILABLE.value() ? RETRY_SECONDS : 0;
  }

  /** {@return the problem for a status that needs no more words} */
  static Problem of(HttpStatusCode code) {
    HttpStatus status = HttpStatus.resolve(code.value());
    if (status == null) {
      return of(HttpStatus.INTERNAL_SERVER_ERROR);
    }
    return of(status, detail(status), null);
  }

  private static String detail(HttpStatus status) {
    return switch (status) {
      case BAD_REQUEST -> "The request is not one that this interface knows.";
      case UNAUTHORIZED -> "This needs a certificate of a human of this trust domain.";
      case FORBIDDEN -> "There is no such operation, or it is not yours.";
      case NOT_FOUND -> "There is no such thing.";
      case METHOD_NOT_ALLOWED -> "This cannot be done to that.";
      case NOT_ACCEPTABLE -> "The answer has no form that the request accepts.";
      case CONTENT_TOO_LARGE -> "The body is larger than this operation takes.";
      case UNSUPPORTED_MEDIA_TYPE -> "The body must be application/json.";
      case SERVICE_UNAVAILABLE -> "The CA cannot do this now. Nothing was changed.";
      default ->
          status.is5xxServerError()
              ? "The CA failed. The reason is in its log."
              : "The request is refused.";
    };
  }
}
