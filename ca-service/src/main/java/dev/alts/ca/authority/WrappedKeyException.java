package dev.alts.ca.authority;

import org.jspecify.annotations.Nullable;

/** A wrapped secret does not open: the wrapping key is another one, or the row was altered. */
public final class WrappedKeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  WrappedKeyException(RowIdentity row, @Nullable Throwable cause) {
    super("wrapped key in row %s does not open with this key-encryption key".formatted(row), cause);
  }

  private WrappedKeyException(String message) {
    super(message);
  }

  /**
   * {@return that {@code row} was not written, because the database's rows are wrapped under
   * another key by now}
   */
  public static WrappedKeyException replaced(RowIdentity row) {
    return new WrappedKeyException(
        "row %s not written: the wrapping key was replaced; start this replica with the new one"
            .formatted(row));
  }
}
