package dev.alts.ca.authority;

/** A step of keys that cannot be taken where they are now; the message is for the admin. */
public final class OutOfTurnException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  OutOfTurnException(String message) {
    super(message);
  }
}
