package dev.alts.cli.ca;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Paths with encoded segments and parameters, so that no name can become a part of the path. */
public final class Query {
  private Query() {}

  /** {@return {@code path} with the parameter, or unchanged if {@code value} is null} */
  public static String add(String path, String name, @Nullable String value) {
    if (value == null) {
      return path;
    }
    return path + (path.indexOf('?') < 0 ? '?' : '&') + name + '=' + encode(value);
  }

  /** {@return {@code text} as one segment of a path} */
  public static String segment(String text) {
    return encode(text).replace("+", "%20");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
