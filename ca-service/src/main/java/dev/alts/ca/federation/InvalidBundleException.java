package dev.alts.ca.federation;

import java.util.Objects;

/** A SPIFFE bundle is malformed, of another trust domain, or goes back. */
public final class InvalidBundleException extends Exception {
  private static final long serialVersionUID = 1;

  InvalidBundleException(String message) {
    super(message);
  }

  InvalidBundleException(String message, Throwable cause) {
    super(message, cause);
  }

  /** {@return the reason; unlike in general there always is one} */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
