package dev.alts.identity.document;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A channel's target as names are compared: lower-case host without scheme and trailing dot
 * (handshake.md section 8).
 *
 * @param port -1: none
 */
record NamingTarget(String host, int port) {
  private static final Pattern SCHEME_AND_AUTHORITY =
      Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://[^/]*/");
  private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://");
  private static final Pattern RESOLVER = Pattern.compile("^(?:dns|passthrough):(?!\\d+$)");
  private static final Pattern PORT = Pattern.compile("^(.*):([0-9]{1,5})$");

  static NamingTarget parse(String target) {
    String rest = SCHEME_AND_AUTHORITY.matcher(target).replaceFirst("");
    rest = SCHEME.matcher(rest).replaceFirst("");
    rest = RESOLVER.matcher(rest).replaceFirst("");
    int port = -1;
    Matcher matcher = PORT.matcher(rest);
    // A bare IPv6 address has colons too; only brackets make its last number a port.
    if (matcher.matches() && (!matcher.group(1).contains(":") || matcher.group(1).endsWith("]"))) {
      rest = matcher.group(1);
      port = Integer.parseInt(matcher.group(2));
    }
    if (rest.endsWith(".")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    return new NamingTarget(rest.toLowerCase(Locale.ROOT), port);
  }

  String hostAndPort() {
    return host + ":" + port;
  }
}
