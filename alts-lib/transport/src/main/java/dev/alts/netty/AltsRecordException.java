package dev.alts.netty;

import java.io.IOException;
import java.io.Serial;

/**
 * A protected channel ended other than by agreement: a record did not verify, a limit was reached,
 * the peer sent an alert, or the data was cut off. Final for its channel.
 */
public final class AltsRecordException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  AltsRecordException(String message) {
    super(message);
  }

  AltsRecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
