package dev.alts.cli.output;

import java.util.Locale;

/** How answers are printed. */
public enum OutputFormat {
  TABLE,
  JSON;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
