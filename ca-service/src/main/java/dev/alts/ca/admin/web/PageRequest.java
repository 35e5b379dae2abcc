package dev.alts.ca.admin.web;

import org.jspecify.annotations.Nullable;

/** Which part of a list; how much is bounded here, whatever was asked for (abuse-41). */
public record PageRequest(int limit, String after) {
  public static final int DEFAULT_LIMIT = 100;
  public static final int MAX_LIMIT = 1000;
  private static final int MAX_CURSOR_CHARS = 512;

  /** {@return the page of these query parameters} */
  public static PageRequest of(@Nullable Integer limit, @Nullable String after) {
    int asked = limit == null ? DEFAULT_LIMIT : limit;
    if (asked < 1 || asked > MAX_LIMIT) {
      throw RefusedRequestException.badRequest("limit: expected 1 to " + MAX_LIMIT);
    }
    String cursor = after == null ? "" : after;
    if (cursor.length() > MAX_CURSOR_CHARS) {
      throw RefusedRequestException.badRequest("after: expected the value of \"next\"");
    }
    return new PageRequest(asked, cursor);
  }
}
