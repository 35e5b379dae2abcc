package dev.alts.ca.admin.web;

import dev.alts.ca.audit.AuditFailedException;
import dev.alts.ca.authority.CustodyUnavailableException;
import dev.alts.ca.replica.LeaseLostException;
import jakarta.validation.ConstraintViolationException;
import java.net.URI;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns every exception of an endpoint into a problem, here and nowhere else. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {
  private static final Logger log = LoggerFactory.getLogger(ProblemAdvice.class);

  @ExceptionHandler
  ResponseEntity<Object> refused(RefusedRequestException refused) {
    return answer(refused.problem());
  }

  @ExceptionHandler
  ResponseEntity<Object> awaitsApproval(AwaitsApprovalException waiting) {
    return ResponseEntity.accepted()
        .location(URI.create("/v1/approvals/" + waiting.id()))
        .contentType(MediaType.APPLICATION_JSON)
        .body(waiting.approval());
  }

  @ExceptionHandler
  ResponseEntity<Object> violated(ConstraintViolationException violation) {
    return answer(Problem.of(HttpStatus.BAD_REQUEST));
  }

  @ExceptionHandler({
    AuditFailedException.class,
    DataAccessException.class,
    TransactionException.class
  })
  ResponseEntity<Object> unavailable(RuntimeException cause) {
    log.error("admin request failed: database or audit log", cause);
    return answer(Problem.unavailable());
  }

  @ExceptionHandler
  ResponseEntity<Object> noLease(LeaseLostException lost) {
    return answer(Problem.noLease());
  }

  @ExceptionHandler
  ResponseEntity<Object> unavailable(CustodyUnavailableException cause) {
    log.error("admin request failed: keys not available", cause);
    return answer(
        Problem.of(
            HttpStatus.SERVICE_UNAVAILABLE,
            CustodyUnavailableException.FOR_CALLERS,
            "Nothing was changed. /readyz of the CA's operations port and its log say which."));
  }

  @ExceptionHandler
  ResponseEntity<Object> failed(Exception cause) {
    log.error("admin request failed", cause);
    return answer(Problem.of(HttpStatus.INTERNAL_SERVER_ERROR));
  }

  @Override
  protected ResponseEntity<Object> handleMethodArgumentNotValid(
      MethodArgumentNotValidException invalid,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    // Names and messages of our own constraints; never the value that was sent.
    String detail =
        invalid.getBindingResult().getFieldErrors().stream()
            .map(error -> error.getField() + ": " + error.getDefaultMessage())
            .sorted()
            .collect(Collectors.joining("; "));
    return answer(Problem.of(HttpStatus.BAD_REQUEST, detail, null));
  }

  @Override
  protected ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException unreadable,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    return answer(
        Problem.of(
            HttpStatus.BAD_REQUEST,
            "The body is not the JSON object that this operation takes: malformed, too deep, or"
                + " with a name that is unknown, doubled or of another type.",
            null));
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception cause,
      @Nullable Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    if (status.is5xxServerError()) {
      log.error("admin request failed", cause);
    }
    return answer(Problem.of(status));
  }

  private static ResponseEntity<Object> answer(Problem problem) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(problem.status()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (problem.retryAfterSeconds() > 0) {
      answer.header(HttpHeaders.RETRY_AFTER, Integer.toString(problem.retryAfterSeconds()));
    }
    return answer.body(problem);
  }
}
