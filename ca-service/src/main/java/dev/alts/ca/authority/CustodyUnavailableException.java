package dev.alts.ca.authority;

import org.jspecify.annotations.Nullable;

/** Whoever keeps the private keys does not answer now. Asking again later may help. */
public final class CustodyUnavailableException extends RuntimeException {
  /** What callers of the CA are told; the exception's own text names the token, which is ours. */
  public static final String FOR_CALLERS =
      "the CA cannot reach its keys: its hardware security module or key service does not answer;"
          + " try again";

  private static final long serialVersionUID = 1L;

  public CustodyUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
