package dev.alts.ca.authority;

import org.jspecify.annotations.Nullable;

/**
 * A wrapped secret does not open: the key-encryption key is another one, or the row was altered.
 */
public final class WrappedKeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrappedKeyException(RowIdentity row, @Nullable Throwable cause) {
    super("wrapped key in row %s does not open with this key-encryption key".formatted(row), cause);
  }
}
