package dev.alts.ca.approvals;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Kinds of acts that can be made to take two admins. */
public enum ActKind {
  /** Of an issuing authority. */
  TAINT,
  /** Of a certificate, an identity, a machine, an authority, a key or resumptions. */
  REVOKE,
  /** With what it revokes. */
  BAN,
  /** A version of the rules without one that is in force. */
  RULE_DELETE,
  /** Else one admin could make the second. */
  ROLE_GRANT;

  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@return the kind of exactly this name} */
  public static Optional<ActKind> parse(String text) {
    return Arrays.stream(values()).filter(kind -> kind.text().equals(text)).findFirst();
  }
}
