package dev.alts.ca.revocation;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Why something is revoked, as lists of RFC 5280 say it (5.3.1). Without those that hold or release
 * a certificate (6, 8): what was taken back is never given back.
 */
public enum ReasonCode {
  UNSPECIFIED(0, "unspecified"),
  KEY_COMPROMISE(1, "keyCompromise"),
  CA_COMPROMISE(2, "cACompromise"),
  AFFILIATION_CHANGED(3, "affiliationChanged"),
  SUPERSEDED(4, "superseded"),
  CESSATION_OF_OPERATION(5, "cessationOfOperation"),
  PRIVILEGE_WITHDRAWN(9, "privilegeWithdrawn");

  private final int number;
  private final String text;

  ReasonCode(int number, String text) {
    this.number = number;
    this.text = text;
  }

  public int number() {
    return number;
  }

  /** {@return the name in RFC 5280} */
  public String text() {
    return text;
  }

  /** {@return the code with this name in RFC 5280} */
  public static Optional<ReasonCode> parse(String text) {
    return Stream.of(values()).filter(code -> code.text.equals(text)).findFirst();
  }

  static ReasonCode ofNumber(int number) {
    return Stream.of(values())
        .filter(code -> code.number == number)
        .findFirst()
        .orElse(UNSPECIFIED);
  }
}
