package dev.alts.peer;

import java.util.Optional;

/**
 * Key exchange and hash of a handshake (handshake.md section 11). Ordered from strong to weak: the
 * classical suite falls to a quantum computer.
 */
public enum Suite {
  X25519MLKEM768_SHA256(1),
  X25519_SHA256(2);

  private final int number;

  Suite(int number) {
    this.number = number;
  }

  /** {@return the number on the wire} */
  public int number() {
    return number;
  }

  public boolean isHybrid() {
    return this == X25519MLKEM768_SHA256;
  }

  /** {@return the weaker of the two} */
  public Suite weakest(Suite other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /** {@return the suite with this number, or empty if there is none} */
  public static Optional<Suite> ofNumber(int number) {
    for (Suite suite : values()) {
      if (suite.number == number) {
        return Optional.of(suite);
      }
    }
    return Optional.empty();
  }
}
