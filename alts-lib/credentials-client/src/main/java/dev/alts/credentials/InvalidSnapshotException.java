package dev.alts.credentials;

import java.io.Serial;

/** A snapshot from the agent that does not verify; it changes nothing. */
public final class InvalidSnapshotException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  InvalidSnapshotException(String message) {
    super(message);
  }

  InvalidSnapshotException(String what, Exception cause) {
    super(what + ": " + cause.getMessage(), cause);
  }
}
