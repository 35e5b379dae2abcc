package dev.alts.cli.spire;

/** A file that is not what {@code spire-server ... -output json} prints; the message says why. */
public final class InvalidExportException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidExportException(String message) {
    super(message);
  }

  InvalidExportException(String message, Throwable cause) {
    super(message, cause);
  }
}
