package dev.alts.identity.document;

import java.util.Optional;

/** What becomes of a target without an entry (handshake.md section 8). */
public enum NamingMode {
  /** Refused. */
  STRICT(1),
  /** May be any workload or machine of the own trust domain. */
  TRUST_DOMAIN(2);

  private final int number;

  NamingMode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  static Optional<NamingMode> ofNumber(int number) {
    for (NamingMode mode : values()) {
      if (mode.number == number) {
        return Optional.of(mode);
      }
    }
    return Optional.empty();
  }
}
