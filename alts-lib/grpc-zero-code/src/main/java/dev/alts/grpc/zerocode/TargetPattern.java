package dev.alts.grpc.zerocode;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which targets or ports a setting is about: {@code host}, {@code host:port}, {@code *.domain} for
 * exactly one label, {@code *:port} for every host, and {@code :port} for a server of this process.
 *
 * @param host lower-case, without trailing dot; empty: a server of this process
 * @param port -1: every port
 */
record TargetPattern(String host, int port) {
  private static final Pattern SYNTAX =
      Pattern.compile(
          "(\\*|(?:\\*\\.)?[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*|\\[[0-9a-f:.%]+\\])?(?::([0-9]{1,5}))?");
  // scheme and authority of a gRPC target, "dns://8.8.8.8/orders:443" or "dns:orders:443"
  private static final Pattern SCHEME =
      Pattern.compile("^(?:[a-z][a-z0-9+.-]*://[^/]*/|(?:dns|passthrough|xds):(?!\\d+$)/?)");

  static TargetPattern parse(String text) {
    String name = text.strip().toLowerCase(Locale.ROOT);
    Matcher matcher = SYNTAX.matcher(name);
    if (name.isEmpty() || name.equals("*") || !matcher.matches()) {
      throw new IllegalArgumentException(
          "target \"%s\" (expected: host, host:port, *.domain, *:port or :port)".formatted(text));
    }
    return new TargetPattern(
        matcher.group(1) == null ? "" : matcher.group(1),
        matcher.group(2) == null ? -1 : Integer.parseInt(matcher.group(2)));
  }

  /** {@return whether a channel with this target is meant} */
  boolean isAboutTarget(String target) {
    if (host.isEmpty()) {
      return false;
    }
    String rest = SCHEME.matcher(target.toLowerCase(Locale.ROOT)).replaceFirst("");
    int colon = rest.lastIndexOf(':');
    // the colons of a bare IPv6 address are not about a port
    boolean hasPort =
        colon > rest.lastIndexOf(']') && colon == rest.indexOf(':', afterBracket(rest));
    String name = hasPort ? rest.substring(0, colon) : rest;
    if (name.endsWith(".")) {
      name = name.substring(0, name.length() - 1);
    }
    return isAboutHost(name)
        && (port < 0 || (hasPort && rest.substring(colon + 1).equals(Integer.toString(port))));
  }

  /** {@return whether a server of this process on this port is meant} */
  boolean isAboutServer(int listening) {
    return host.isEmpty() && port == listening;
  }

  private boolean isAboutHost(String name) {
    if (host.equals("*")) {
      return true;
    }
    if (!host.startsWith("*.")) {
      return host.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0 && host.substring(1).equals(name.substring(dot));
  }

  private static int afterBracket(String text) {
    return Math.max(0, text.lastIndexOf(']'));
  }

  @Override
  public String toString() {
    return port < 0 ? host : host + ":" + port;
  }
}
