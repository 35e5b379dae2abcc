package dev.alts.identity.document;

import java.util.Objects;

/** A signed document is malformed, wrongly signed, of another trust domain, or goes back. */
public final class InvalidDocumentException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidDocumentException(String message) {
    super(message);
  }

  public InvalidDocumentException(String message, Throwable cause) {
    super(message, cause);
  }

  /** {@return the reason; unlike in general there always is one} */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
