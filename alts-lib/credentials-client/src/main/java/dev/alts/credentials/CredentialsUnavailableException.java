package dev.alts.credentials;

import java.io.Serial;

/** This process has no credentials now; the message says why and what to do about it. */
public final class CredentialsUnavailableException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  CredentialsUnavailableException(String message) {
    super(message);
  }
}
