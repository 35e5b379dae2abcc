package dev.alts.crypto;

/** A peer's X25519 key led to the all-zero shared secret, which anybody would know. */
public final class SmallOrderException extends Exception {
  private static final long serialVersionUID = 1L;

  SmallOrderException(Throwable cause) {
    super("X25519: the shared secret is zero", cause);
  }

  SmallOrderException() {
    super("X25519: the shared secret is zero");
  }
}
