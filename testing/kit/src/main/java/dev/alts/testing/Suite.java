package dev.alts.testing;

import java.util.Locale;

/** The longer suites of tests. Where one of them runs, reduced counts become full ones. */
public enum Suite {
  CHAOS,
  CONTAINERS,
  FUZZ,
  HSM,
  INTEROP,
  SOAK;

  /** {@return whether {@code ./alts verify --suite} named this one} */
  public boolean runs() {
    return name().toLowerCase(Locale.ROOT).equals(System.getProperty("alts.suite"));
  }
}
