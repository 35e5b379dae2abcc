package dev.alts.ca.jwt;

import dev.alts.identity.SpiffeId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;

/**
 * A token that was allowed.
 *
 * @param audiences who it is for: at least one, since a token for nobody is one for everybody
 * @param ttl at most {@link #LONGEST}
 * @param machine whose process gets it
 * @param rule which allows it, with its version
 */
public record JwtSvidRequest(
    SpiffeId subject,
    List<String> audiences,
    Duration ttl,
    String machine,
    String rule,
    long ruleVersion) {
  public static final Duration LONGEST = Duration.ofHours(1);
  public static final Duration USUAL = Duration.ofMinutes(5);
  public static final int MAX_AUDIENCES = 10;

  private static final int MAX_AUDIENCE_CHARS = 255;

  public JwtSvidRequest {
    audiences = List.copyOf(audiences);
    if (audiences.isEmpty() || audiences.size() > MAX_AUDIENCES) {
      throw new IllegalArgumentException(
          "audiences: %d (expected: 1 to %d)".formatted(audiences.size(), MAX_AUDIENCES));
    }
    for (String audience : audiences) {
      if (audience.isBlank()
          || audience.length() > MAX_AUDIENCE_CHARS
          || audience.chars().anyMatch(c -> c < 0x20 || c > 0x7e)) {
        throw new IllegalArgumentException(
            "audience: expected 1 to %d printable ASCII characters".formatted(MAX_AUDIENCE_CHARS));
      }
    }
    if (new HashSet<>(audiences).size() != audiences.size()) {
      throw new IllegalArgumentException("audiences: one is named twice");
    }
    if (ttl.compareTo(Duration.ofSeconds(1)) < 0 || ttl.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("ttl: %s (expected: 1 s to 1 h)".formatted(ttl));
    }
  }
}
