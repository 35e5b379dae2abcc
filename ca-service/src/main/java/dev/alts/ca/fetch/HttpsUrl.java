package dev.alts.ca.fetch;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A URL that may be fetched: {@code https}, a host in one spelling, nothing hidden in it.
 *
 * @param host lower case; a literal of IPv6 without brackets
 * @param target path and query, as they are sent
 */
public record HttpsUrl(String host, int port, String target) {
  private static final int MAX_LENGTH = 2048;
  private static final int HTTPS = 443;

  /** The last label is no number, so that no other spelling of an IPv4 address gets through. */
  private static final Pattern NAME =
      Pattern.compile(
          "(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");
  private static final Pattern TARGET = Pattern.compile("/[!-~]*");

  /**
   * {@return the URL that {@code text} is}
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static HttpsUrl parse(String text) {
    if (text.length() > MAX_LENGTH) {
      throw wrong("URL of %d characters".formatted(text.length()), "at most " + MAX_LENGTH);
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw wrong("URL", "https://HOST[:PORT]/PATH: " + e.getReason());
    }
    if (!"https".equals(uri.getScheme())) {
      throw wrong("URL", "one that starts with https://");
    }
    if (uri.getRawUserInfo() != null || uri.getRawFragment() != null || uri.getHost() == null) {
      throw wrong("URL", "https://HOST[:PORT]/PATH without user and fragment");
    }
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String target = uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    int port = uri.getPort() < 0 ? HTTPS : uri.getPort();
    if (port < 1 || port > 65535 || !TARGET.matcher(target).matches()) {
      throw wrong("URL", "a port of 1 to 65535 and a path of printable ASCII");
    }
    return new HttpsUrl(host(uri.getHost().toLowerCase(Locale.ROOT)), port, target);
  }

  private static String host(String host) {
    if (host.startsWith("[") && host.endsWith("]")) {
      String literal = host.substring(1, host.length() - 1);
      if (IPV6.matcher(literal).matches()) {
        return literal;
      }
    } else if (NAME.matcher(host).matches() || IPV4.matcher(host).matches()) {
      return host;
    }
    throw wrong("host", "a DNS name without trailing dot, or an IP address");
  }

  boolean isAddress() {
    return host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
  }

  /** {@return the host as a URL has it, with the port unless it is the usual one} */
  String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == HTTPS ? name : name + ":" + port;
  }

  @Override
  public String toString() {
    return "https://" + authority() + target;
  }

  private static IllegalArgumentException wrong(String what, String expected) {
    return new IllegalArgumentException("%s (expected: %s)".formatted(what, expected));
  }
}
