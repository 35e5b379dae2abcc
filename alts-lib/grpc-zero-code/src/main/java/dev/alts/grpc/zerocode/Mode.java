package dev.alts.grpc.zerocode;

import java.util.Arrays;
import java.util.Locale;

/** What happens to a connection that would have been in clear text. */
enum Mode {
  /** It speaks ALTS, or there is none. */
  ENFORCE,
  /** It speaks ALTS if its peer does. For the time of a migration; protects against nobody. */
  PERMISSIVE,
  /** Nothing, as if the jar were not there. */
  OFF;

  static Mode parse(String text) {
    return Arrays.stream(values())
        .filter(mode -> mode.toString().equals(text.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s: \"%s\" (expected: enforce, permissive or off)"
                    .formatted(Settings.MODE, text)));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
