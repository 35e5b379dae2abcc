package dev.alts.ca.policy;

import dev.alts.ca.policy.FactCatalog.FactType;
import java.util.List;

/** Values of facts, checked against the catalog's types. */
final class FactValues {
  private static final int MAX_TEXT = 4096;
  private static final int MAX_ENTRIES = 1024;

  private FactValues() {}

  static Object require(String name, FactType type, Object value) {
    return switch (type) {
      case TEXT -> requireText(name, value);
      case NUMBER -> requireNumber(name, value);
      case NUMBER_LIST -> {
        if (!(value instanceof List<?> list) || list.size() > MAX_ENTRIES) {
          throw mismatch(name, "a list of at most 1024 numbers");
        }
        yield list.stream().map(entry -> requireNumber(name, entry)).toList();
      }
      case TEXT_LIST -> {
        if (!(value instanceof List<?> list) || list.size() > MAX_ENTRIES) {
          throw mismatch(name, "a list of at most 1024 texts");
        }
        yield list.stream().map(entry -> requireText(name, entry)).toList();
      }
    };
  }

  private static String requireText(String name, Object value) {
    if (value instanceof String text && text.length() <= MAX_TEXT) {
      return text;
    }
    throw mismatch(name, "text of at most 4096 characters");
  }

  private static Long requireNumber(String name, Object value) {
    return switch (value) {
      case Long number -> number;
      case Integer number -> number.longValue();
      default -> throw mismatch(name, "a whole number");
    };
  }

  private static IllegalArgumentException mismatch(String name, String expected) {
    return new IllegalArgumentException("fact %s: (expected: %s)".formatted(name, expected));
  }
}
