package dev.alts.netty;

import java.io.IOException;
import java.io.Serial;

/**
 * A handshake failed and its channel is being closed. The message is for the own log and operator;
 * it may say more than the peer is told.
 */
public final class AltsHandshakeException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  AltsHandshakeException(String message) {
    super(message);
  }

  AltsHandshakeException(String message, Throwable cause) {
    super(message, cause);
  }
}
