package dev.alts.agent.upstream;

/** The CA could not be asked, or could not answer. It will be asked again. */
public final class CaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CaUnavailableException(String message) {
    super(message);
  }

  CaUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
