package dev.alts.ca.humans;

import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name of a human: one strict path segment, lower case only, so that no two spellings name the same
 * human and no lockout is passed by writing it another way.
 */
public record HumanName(String text) implements Comparable<HumanName> {
  private static final Pattern SYNTAX = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");
  private static final String PREFIX = "/human/";

  public HumanName {
    if (!SYNTAX.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "human name: expected 1 to 63 of a-z, 0-9, '.', '-', '_', first and last a-z or 0-9");
    }
  }

  /** {@return the human that {@code id} names in {@code own}, or empty if it names none} */
  public static Optional<HumanName> ofSpiffeId(SpiffeId id, TrustDomain own) {
    if (!id.isMemberOf(own) || !id.path().startsWith(PREFIX)) {
      return Optional.empty();
    }
    String segment = id.path().substring(PREFIX.length());
    return SYNTAX.matcher(segment).matches()
        ? Optional.of(new HumanName(segment))
        : Optional.empty();
  }

  /** {@return {@code spiffe://own/human/NAME}} */
  public SpiffeId spiffeId(TrustDomain own) {
    return SpiffeId.of(own, PREFIX + text);
  }

  /** {@return how the audit log names this human} */
  public String auditName() {
    return PREFIX + text;
  }

  /** {@return what acts upon this human touch} */
  public Touched touched() {
    return new Touched(Optional.of(PREFIX + text), Optional.empty());
  }

  @Override
  public int compareTo(HumanName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
