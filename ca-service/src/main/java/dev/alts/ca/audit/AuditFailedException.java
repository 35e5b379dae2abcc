package dev.alts.ca.audit;

import org.jspecify.annotations.Nullable;

/** An event could not be recorded, so what it tells about must not happen. */
public final class AuditFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public AuditFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
