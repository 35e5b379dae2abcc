package dev.alts.agent.attestation;

import java.io.IOException;

/**
 * The process at the other end cannot be named for certain: it has exited, changed its user, or the
 * kernel cannot say who it is. Whoever asked gets nothing.
 */
public final class PeerLostException extends IOException {
  private static final long serialVersionUID = 1L;

  public PeerLostException(String message) {
    super(message);
  }

  PeerLostException(String message, Throwable cause) {
    super(message, cause);
  }
}
