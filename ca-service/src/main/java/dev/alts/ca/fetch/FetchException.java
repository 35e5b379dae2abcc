package dev.alts.ca.fetch;

import java.io.Serial;

/** Nothing was fetched. The message is for operators and repeats nothing that the server sent. */
public final class FetchException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  FetchException(String message) {
    super(message);
  }

  FetchException(String message, Throwable cause) {
    super(message, cause);
  }
}
