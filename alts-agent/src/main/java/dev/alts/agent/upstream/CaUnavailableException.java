package dev.alts.agent.upstream;

import dev.alts.agent.credentials.TryLater;
import java.time.Duration;

/** The CA could not be asked, or could not answer. It will be asked again. */
public final class CaUnavailableException extends RuntimeException implements TryLater {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  CaUnavailableException(String message) {
    super(message);
    this.retryAfter = Duration.ZERO;
  }

  CaUnavailableException(String message, Throwable cause, Duration retryAfter) {
    super(message, cause);
    this.retryAfter = retryAfter;
  }

  @Override
  public Duration retryAfter() {
    return retryAfter;
  }
}
