package dev.alts.ca.authority;

import org.jspecify.annotations.Nullable;

/** Whoever keeps the private keys does not answer now. Asking again later may help. */
public final class CustodyUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CustodyUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
