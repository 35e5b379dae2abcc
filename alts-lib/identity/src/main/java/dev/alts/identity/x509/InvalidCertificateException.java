package dev.alts.identity.x509;

import java.util.Objects;

/** A certificate, or something that belongs to one, is malformed or breaks its profile. */
public final class InvalidCertificateException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidCertificateException(String message) {
    super(message);
  }

  public InvalidCertificateException(String message, Throwable cause) {
    super(message, cause);
  }

  /** {@return the reason; unlike in general there always is one} */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
