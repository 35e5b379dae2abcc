package dev.alts.ca.exchange;

import dev.alts.identity.Bytes;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a good token says. Nothing in it can be used as a token.
 *
 * @param id by which it is known to have been used
 * @param acceptedUntil from here on it would be refused as expired
 * @param facts {@code verified.oidc.*} by name
 */
record VerifiedToken(String issuer, Bytes id, Instant acceptedUntil, Map<String, String> facts) {
  VerifiedToken {
    facts = Map.copyOf(facts);
  }

  Map<String, String> sortedFacts() {
    return new TreeMap<>(facts);
  }
}
