package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import org.jspecify.annotations.Nullable;

/** Body of an act that needs nothing but a reason. */
record Reason(@Nullable String reason) {
  private static final int MAX_CHARS = 500;

  /** {@return the reason, one printable line, so that it cannot forge a line of a log} */
  String text() {
    return require(reason);
  }

  static String require(@Nullable String reason) {
    if (reason == null
        || reason.isBlank()
        || reason.length() > MAX_CHARS
        || reason.codePoints().anyMatch(Reason::isNotPrintable)) {
      throw RefusedRequestException.badRequest(
          "reason: expected one printable line of 1 to 500 characters");
    }
    return reason;
  }

  private static boolean isNotPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
