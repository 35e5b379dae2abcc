package dev.alts.ca.federation;

import dev.alts.identity.Bytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A SPIFFE bundle as text: a JSON web key set (abuse-45). What is not understood of a key leaves
 * that key out, as the standard wants; what contradicts itself or belongs to another trust domain
 * refuses the whole. What is read is written anew, so nothing else that a stranger wrote goes on.
 */
final class SpiffeBundleText {
  /** Of a bundle; a hundred authorities are a tenth of it. */
  static final int MAX_BYTES = 256 * 1024;

  /** Written anew a bundle may be longer than it was: keys are given twice. */
  private static final int MAX_STORED_BYTES = 2 * MAX_BYTES;

  private static final int MAX_KEYS = 64;
  private static final int MAX_DEPTH = 8;
  private static final long MAX_REFRESH_HINT = Duration.ofDays(365).toSeconds();

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(MAX_STORED_BYTES)
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(64 * 1024)
                          .maxNameLength(256)
                          .maxNumberLength(32)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private SpiffeBundleText() {}

  /** {@return the bundle that a stranger says is that of {@code domain}} */
  static SpiffeBundle parse(Bytes text, TrustDomain domain) throws InvalidBundleException {
    if (text.length() > MAX_BYTES) {
      throw new InvalidBundleException(
          "bundle: %d bytes (expected: at most %d)".formatted(text.length(), MAX_BYTES));
    }
    return parseStored(text, domain);
  }

  /** {@return the bundle that {@link #write} wrote} */
  static SpiffeBundle parseStored(Bytes text, TrustDomain domain) throws InvalidBundleException {
    JsonNode bundle = read(text);
    JsonNode keys = bundle.get("keys");
    if (keys == null || !keys.isArray() || keys.size() > MAX_KEYS) {
      throw new InvalidBundleException(
          "bundle: keys (expected: an array of at most %d)".formatted(MAX_KEYS));
    }
    List<AuthorityCertificate> authorities = new ArrayList<>();
    List<JwtVerificationKey> jwtKeys = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (JsonNode key : keys) {
      switch (text(key, "use")) {
        case "x509-svid" -> {
          AuthorityCertificate authority = authority(key, domain);
          requireNew(seen.add(authority.spki()), "an X.509 authority");
          authorities.add(authority);
        }
        case "jwt-svid" -> {
          Optional<JwtVerificationKey> known = JwkRules.understood(key);
          if (known.isPresent()) {
            requireNew(seen.add(known.get().keyId()), "a kid");
            jwtKeys.add(known.get());
          }
        }
        default -> {
          // Of a use that is unknown here, or none: the standard has it ignored.
        }
      }
    }
    return new SpiffeBundle(
        number(bundle, "spiffe_sequence", Long.MAX_VALUE),
        refreshHint(bundle),
        authorities,
        jwtKeys);
  }

  private static @Nullable Duration refreshHint(JsonNode bundle) throws InvalidBundleException {
    Long seconds = number(bundle, "spiffe_refresh_hint", MAX_REFRESH_HINT);
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  /** {@return the bundle as JSON, the same text for the same bundle} */
  static String write(SpiffeBundle bundle) {
    Map<String, Object> json = new LinkedHashMap<>();
    List<Object> keys = new ArrayList<>();
    bundle.authorities().forEach(authority -> keys.add(jwk(authority)));
    bundle.jwtKeys().forEach(key -> keys.add(key.jwk()));
    json.put("keys", keys);
    if (bundle.sequence() != null) {
      json.put("spiffe_sequence", bundle.sequence());
    }
    if (bundle.refreshHint() != null) {
      json.put("spiffe_refresh_hint", bundle.refreshHint().toSeconds());
    }
    return JSON.writeValueAsString(json);
  }

  /** {@return the JWT keys alone, as the Workload API gives them} */
  static String writeJwtKeys(List<JwtVerificationKey> keys) {
    return JSON.writeValueAsString(
        Map.of("keys", keys.stream().map(JwtVerificationKey::jwk).toList()));
  }

  /** {@return an X.509 authority as JSON web key: its certificate, and the key once more} */
  static Map<String, Object> jwk(AuthorityCertificate authority) {
    Map<String, Object> jwk = new LinkedHashMap<>();
    jwk.put("use", "x509-svid");
    jwk.putAll(JwkRules.publicKey(authority.certificate().x509().getPublicKey()));
    jwk.put("x5c", List.of(Base64.getEncoder().encodeToString(authority.der().toByteArray())));
    return jwk;
  }

  private static JsonNode read(Bytes text) throws InvalidBundleException {
    try {
      String decoded =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(text.toByteArray()))
              .toString();
      JsonNode bundle = JSON.readTree(decoded);
      if (!bundle.isObject()) {
        throw new InvalidBundleException("bundle: no JSON object");
      }
      return bundle;
    } catch (CharacterCodingException e) {
      throw new InvalidBundleException("bundle: not UTF-8", e);
    } catch (JacksonException e) {
      throw new InvalidBundleException("bundle: " + e.getOriginalMessage(), e);
    }
  }

  private static AuthorityCertificate authority(JsonNode key, TrustDomain domain)
      throws InvalidBundleException {
    JsonNode chain = key.get("x5c");
    if (chain == null || !chain.isArray() || chain.size() != 1 || !chain.get(0).isString()) {
      throw new InvalidBundleException("bundle: x5c (expected: exactly one certificate)");
    }
    try {
      AuthorityCertificate authority =
          AuthorityCertificate.parse(
              Bytes.adopt(Base64.getDecoder().decode(chain.get(0).asString())));
      authority.requireVouchesFor(domain);
      return authority;
    } catch (IllegalArgumentException | InvalidCertificateException e) {
      throw new InvalidBundleException("bundle: x5c: " + e.getMessage(), e);
    }
  }

  private static String text(JsonNode key, String member) {
    JsonNode value = key.get(member);
    return value != null && value.isString() ? value.asString() : "";
  }

  private static @Nullable Long number(JsonNode bundle, String member, long max)
      throws InvalidBundleException {
    JsonNode value = bundle.get(member);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.asLong() < 0
        || value.asLong() > max) {
      throw new InvalidBundleException(
          "bundle: %s (expected: a whole number from 0 to %d)".formatted(member, max));
    }
    return value.asLong();
  }

  private static void requireNew(boolean added, String what) throws InvalidBundleException {
    if (!added) {
      throw new InvalidBundleException("bundle: %s occurs twice".formatted(what));
    }
  }
}
