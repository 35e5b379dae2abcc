package dev.alts.ca.policy;

/** Text from outside as an explanation may show it: quoted, short, on one line. */
final class Printable {
  private static final int MAX = 64;

  private Printable() {}

  static String of(String value) {
    StringBuilder shown = new StringBuilder("\"");
    value
        .codePoints()
        .limit(MAX)
        .forEach(c -> {
          if (c < 0x20 || c > 0x7e || c == '"' || c == '\\') {
            shown.append("\\u{%x}".formatted(c));
            return;
          }
          shown.appendCodePoint(c);
        });
    return shown.append(value.codePointCount(0, value.length()) > MAX ? "...\"" : "\"").toString();
  }
}
