package dev.alts.identity.document;

import dev.alts.identity.SpiffeId;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Who may answer for a target.
 *
 * @param targetPattern lower-case host, with a port only if the entry is about that port; a leading
 *     {@code "*."} stands for exactly one label
 * @param spiffeIdPatterns complete SPIFFE IDs, or a path prefix that ends in {@code "/*"}
 * @param origin where the entry comes from, for explanations
 */
public record NamingEntry(String targetPattern, List<String> spiffeIdPatterns, String origin) {
  private static final int MAX_PATTERNS = 64;
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+\\]");
  private static final String BELOW = "/*";

  public NamingEntry {
    spiffeIdPatterns = List.copyOf(spiffeIdPatterns);
    NamingTarget target = NamingTarget.parse(targetPattern);
    String normal = target.port() < 0 ? target.host() : target.host() + ":" + target.port();
    if (!normal.equals(targetPattern) || !HOST.matcher(target.host()).matches()) {
      throw new IllegalArgumentException(
          "naming entry: target \"%s\" (expected: lower-case host[:port], at most a leading *.)"
              .formatted(targetPattern));
    }
    if (spiffeIdPatterns.isEmpty() || spiffeIdPatterns.size() > MAX_PATTERNS) {
      throw new IllegalArgumentException(
          "naming entry: %d SPIFFE ID patterns (expected: 1 to %d)"
              .formatted(spiffeIdPatterns.size(), MAX_PATTERNS));
    }
    spiffeIdPatterns.forEach(NamingEntry::prefixOf);
  }

  /** Compares text only: a policy has thousands of entries, and the pattern is normal already. */
  boolean isAbout(NamingTarget target) {
    return isAbout(target.host()) || (target.port() >= 0 && isAbout(target.hostAndPort()));
  }

  private boolean isAbout(String name) {
    if (!targetPattern.startsWith("*.")) {
      return targetPattern.equals(name);
    }
    int dot = name.indexOf('.');
    return dot > 0
        && targetPattern.regionMatches(1, name, dot, targetPattern.length() - 1)
        && name.length() - dot == targetPattern.length() - 1;
  }

  boolean names(SpiffeId server) {
    return spiffeIdPatterns.stream()
        .anyMatch(pattern -> {
          SpiffeId prefix = prefixOf(pattern);
          return pattern.endsWith(BELOW)
              ? server.isMemberOf(prefix.trustDomain())
                  && server.hasPathPrefix(prefix.path())
                  && !server.path().equals(prefix.path())
              : server.equals(prefix);
        });
  }

  private static SpiffeId prefixOf(String pattern) {
    return SpiffeId.parse(
        pattern.endsWith(BELOW)
            ? pattern.substring(0, pattern.length() - BELOW.length())
            : pattern);
  }
}
