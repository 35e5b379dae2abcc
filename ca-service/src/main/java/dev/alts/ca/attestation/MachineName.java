package dev.alts.ca.attestation;

import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Name of a machine: one path segment below {@code /machine}, lower case, at most 63 characters. A
 * secret never becomes a name.
 */
public record MachineName(String text) {
  private static final Pattern SYNTAX = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final String PREFIX = "/machine/";
  private static final int RANDOM_BYTES = 6;

  public MachineName {
    if (!SYNTAX.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "machine: \"%s\" (expected: 1 to 63 of a-z, 0-9, '.', '-', '_')".formatted(text));
    }
  }

  /** {@return a name for a machine that nobody named} */
  public static MachineName random(SecureRandom random) {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return new MachineName("m-" + Bytes.copyOf(bytes).toHex());
  }

  /** {@return the machine whose identity this is, if it is a machine's} */
  public static Optional<MachineName> ofSpiffeId(SpiffeId id) {
    if (!id.path().startsWith(PREFIX)) {
      return Optional.empty();
    }
    String rest = id.path().substring(PREFIX.length());
    return SYNTAX.matcher(rest).matches() ? Optional.of(new MachineName(rest)) : Optional.empty();
  }

  public SpiffeId spiffeId(TrustDomain domain) {
    return SpiffeId.of(domain, PREFIX + text);
  }

  @Override
  public String toString() {
    return text;
  }
}
