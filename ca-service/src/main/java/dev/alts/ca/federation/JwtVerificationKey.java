package dev.alts.ca.federation;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A key by which JWT-SVIDs are verified.
 *
 * @param jwk the members of its JSON web key that we understood, and no others
 */
record JwtVerificationKey(String keyId, @JsonValue Map<String, String> jwk) {
  JwtVerificationKey {
    jwk = Collections.unmodifiableMap(new LinkedHashMap<>(jwk));
  }
}
