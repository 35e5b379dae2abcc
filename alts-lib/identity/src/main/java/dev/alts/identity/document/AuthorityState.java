package dev.alts.identity.document;

import java.util.Optional;

/** Where an issuing authority stands in its life; the number is the wire's. All are trusted. */
public enum AuthorityState {
  /** Published, signs nothing yet. */
  PREPARED(1),
  /** Signs. */
  ACTIVE(2),
  /** Signs no more. */
  RETIRED(3),
  /** Whoever holds a certificate of it asks for a new one at once. */
  TAINTED(4);

  private final int number;

  AuthorityState(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  static Optional<AuthorityState> ofNumber(int number) {
    for (AuthorityState state : values()) {
      if (state.number == number) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
