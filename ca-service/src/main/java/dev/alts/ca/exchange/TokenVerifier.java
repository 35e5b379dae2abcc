package dev.alts.ca.exchange;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.alts.ca.policy.FactCatalog;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Ed25519;
import dev.alts.identity.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides whether a token of an OIDC issuer is good (RFC 7519, RFC 8725). Every step is here, in
 * order; nothing of a token is used before its signature is verified but the issuer's name, which
 * only chooses among issuers that admins trust. Thread-safe.
 */
final class TokenVerifier {
  private static final int MAX_TOKEN_CHARS = 8 * 1024;
  private static final int MAX_FACT_CHARS = 1024;

  /** Clocks differ by seconds. */
  private static final Duration LEEWAY = Duration.ofSeconds(30);

  private static final Duration LONGEST_LIFE = Duration.ofDays(1);

  private static final Pattern FORM =
      Pattern.compile("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+");

  /** The header may name a key and no more: nothing that brings one along, nothing critical. */
  private static final Set<String> HEADER = Set.of("alg", "kid", "typ", "x5t", "x5t#S256");

  private final Issuers issuers;
  private final Keys keys;

  /** Who is trusted. */
  @FunctionalInterface
  interface Issuers {
    /** {@return the issuer of this URL, by every character} */
    Optional<ExchangeIssuer> ofUrl(String url);
  }

  /** Where the keys of those who are trusted come from. */
  @FunctionalInterface
  interface Keys {
    /** {@return the keys of this ID; without an ID all of them} */
    List<JWK> find(ExchangeIssuer issuer, @Nullable String keyId)
        throws IssuerKeys.UnavailableException;
  }

  TokenVerifier(Issuers issuers, Keys keys) {
    this.issuers = issuers;
    this.keys = keys;
  }

  /** Whether a token is good. */
  sealed interface Verdict {
    record Good(VerifiedToken token) implements Verdict {}

    /**
     * It is not.
     *
     * @param issuer whose signature it has; empty: nobody's that is known
     */
    record Bad(String why, String issuer) implements Verdict {}

    record Unavailable(String why) implements Verdict {}
  }

  /** A step of the check says no. */
  private static final class BadTokenException extends Exception {
    private static final long serialVersionUID = 1;

    BadTokenException(String why) {
      super(why);
    }
  }

  private record Parts(ObjectNode header, ObjectNode claims, Bytes signed, Base64URL signature) {}

  Verdict verify(String token, Instant now) {
    String signer = "";
    try {
      // 1. Form: three parts, two of them JSON without doubled names.
      Parts parts = parts(token);
      // 2. Issuer: by every character one that admins trust.
      ExchangeIssuer issuer =
          issuers
              .ofUrl(StrictJson.text(parts.claims(), "iss"))
              .orElseThrow(() -> new BadTokenException("iss: no issuer that is trusted here"));
      // 3. Algorithm: one that this issuer may use.
      JWSAlgorithm algorithm = algorithm(parts.header(), issuer);
      // 4. Key: the issuer's, fetched from the issuer.
      List<JWK> candidates = keys.find(issuer, keyId(parts.header()));
      // 5. Signature.
      requireSigned(parts, algorithm, candidates);
      signer = issuer.name();
      // 6. Audience, times, tenant.
      requireAudience(parts.claims(), issuer);
      Instant expiry = requireTimely(parts.claims(), issuer, now);
      requireClaims(parts.claims(), issuer);
      // 7. What it says.
      return new Verdict.Good(
          new VerifiedToken(
              issuer.name(), id(parts), expiry.plus(LEEWAY), facts(parts.claims(), issuer)));
    } catch (BadTokenException e) {
      return new Verdict.Bad(String.valueOf(e.getMessage()), signer);
    } catch (IssuerKeys.UnavailableException e) {
      return new Verdict.Unavailable(String.valueOf(e.getMessage()));
    }
  }

  private static Parts parts(String token) throws BadTokenException {
    if (token.length() > MAX_TOKEN_CHARS || !FORM.matcher(token).matches()) {
      throw new BadTokenException(
          "no JWS in compact form of at most %d characters".formatted(MAX_TOKEN_CHARS));
    }
    int first = token.indexOf('.');
    int last = token.lastIndexOf('.');
    ObjectNode header = object("header", token.substring(0, first));
    List<String> foreign =
        header.propertyNames().stream().filter(name -> !HEADER.contains(name)).sorted().toList();
    if (!foreign.isEmpty()) {
      throw new BadTokenException("header: has more than alg, kid and typ");
    }
    String type = StrictJson.text(header, "typ");
    if (header.has("typ") && !type.equalsIgnoreCase("JWT")) {
      throw new BadTokenException("typ: (expected: JWT or none)");
    }
    return new Parts(
        header,
        object("claims", token.substring(first + 1, last)),
        Bytes.adopt(token.substring(0, last).getBytes(StandardCharsets.US_ASCII)),
        new Base64URL(token.substring(last + 1)));
  }

  private static ObjectNode object(String what, String base64) throws BadTokenException {
    try {
      return StrictJson.object(Base64.getUrlDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new BadTokenException(what + ": no JSON object without doubled names");
    }
  }

  private static JWSAlgorithm algorithm(ObjectNode header, ExchangeIssuer issuer)
      throws BadTokenException {
    String name = StrictJson.text(header, "alg");
    if (!issuer.algorithms().contains(name)) {
      throw new BadTokenException("alg: not among those of issuer %s".formatted(issuer.name()));
    }
    return JWSAlgorithm.parse(name);
  }

  private static @Nullable String keyId(ObjectNode header) throws BadTokenException {
    if (!header.has("kid")) {
      return null;
    }
    String keyId = StrictJson.text(header, "kid");
    if (keyId.isEmpty() || keyId.length() > 255) {
      throw new BadTokenException("kid: (expected: text of at most 255 characters)");
    }
    return keyId;
  }

  private static void requireSigned(Parts parts, JWSAlgorithm algorithm, List<JWK> candidates)
      throws BadTokenException {
    JWSHeader header = new JWSHeader.Builder(algorithm).build();
    byte[] signed = parts.signed().toByteArray();
    for (JWK key : candidates) {
      boolean fits =
          key.getAlgorithm() == null || key.getAlgorithm().getName().equals(algorithm.getName());
      if (fits && verifies(key, header, signed, parts.signature())) {
        return;
      }
    }
    throw new BadTokenException("the signature is of no key of the issuer");
  }

  private static boolean verifies(JWK key, JWSHeader header, byte[] signed, Base64URL signature) {
    JWSAlgorithm algorithm = header.getAlgorithm();
    try {
      return switch (key) {
        case RSAKey rsa when JWSAlgorithm.Family.RSA.contains(algorithm) ->
            new RSASSAVerifier(rsa.toRSAPublicKey()).verify(header, signed, signature);
        case ECKey ec when JWSAlgorithm.Family.EC.contains(algorithm) ->
            Curve.forJWSAlgorithm(algorithm).contains(ec.getCurve())
                && new ECDSAVerifier(ec.toECPublicKey()).verify(header, signed, signature);
        case OctetKeyPair pair when algorithm.equals(JWSAlgorithm.EdDSA) ->
            pair.getCurve().equals(Curve.Ed25519)
                && Ed25519.verify(
                    Bytes.copyOf(pair.getX().decode()),
                    Bytes.copyOf(signed),
                    Bytes.copyOf(signature.decode()));
        default -> false;
      };
    } catch (JOSEException | IllegalArgumentException e) {
      // A key or a signature that cannot be used is one that does not verify.
      return false;
    }
  }

  /** One audience: a token that others may have seen too would be theirs to use. */
  private static void requireAudience(ObjectNode claims, ExchangeIssuer issuer)
      throws BadTokenException {
    JsonNode audience = claims.get("aud");
    JsonNode only =
        audience != null && audience.isArray() && audience.size() == 1 ? audience.get(0) : audience;
    if (only == null || !only.isString() || !only.stringValue().equals(issuer.audience())) {
      throw new BadTokenException(
          "aud: (expected: \"%s\" and no other)".formatted(issuer.audience()));
    }
  }

  private static Instant requireTimely(ObjectNode claims, ExchangeIssuer issuer, Instant now)
      throws BadTokenException {
    Instant expiry = time(claims, "exp");
    Instant issued = time(claims, "iat");
    if (!now.isBefore(expiry.plus(LEEWAY))) {
      throw new BadTokenException("exp: it has expired");
    }
    if (issued.isAfter(now.plus(LEEWAY))
        || (claims.has("nbf") && time(claims, "nbf").isAfter(now.plus(LEEWAY)))) {
      throw new BadTokenException("iat, nbf: it is not valid yet");
    }
    if (issued.isBefore(now.minus(issuer.maxAge()).minus(LEEWAY))) {
      throw new BadTokenException("iat: it is older than %s".formatted(issuer.maxAge()));
    }
    if (expiry.isAfter(issued.plus(LONGEST_LIFE))) {
      throw new BadTokenException("exp: it lives longer than %s".formatted(LONGEST_LIFE));
    }
    return expiry;
  }

  private static Instant time(ObjectNode claims, String name) throws BadTokenException {
    JsonNode time = claims.get(name);
    if (time == null || !time.isNumber() || Math.abs(time.doubleValue()) > 253_402_300_799d) {
      throw new BadTokenException(name + ": (expected: seconds since 1970)");
    }
    return Instant.ofEpochSecond((long) time.doubleValue());
  }

  private static void requireClaims(ObjectNode claims, ExchangeIssuer issuer)
      throws BadTokenException {
    for (Map.Entry<String, String> required : issuer.required().entrySet()) {
      if (!required.getValue().equals(value(claims, required.getKey()))) {
        throw new BadTokenException(
            "%s: not what issuer %s is trusted for".formatted(required.getKey(), issuer.name()));
      }
    }
  }

  /** Of {@code jti} where there is one, else of what is signed: a signature has many forms. */
  private static Bytes id(Parts parts) {
    String jti = StrictJson.text(parts.claims(), "jti");
    return jti.isEmpty()
        ? Sha256.of(parts.signed())
        : Sha256.of(Bytes.copyOf(("jti " + jti).getBytes(StandardCharsets.UTF_8)));
  }

  private static Map<String, String> facts(ObjectNode claims, ExchangeIssuer issuer)
      throws BadTokenException {
    String subject = value(claims, "sub");
    if (subject == null) {
      throw new BadTokenException(
          "sub: (expected: text of at most %d characters)".formatted(MAX_FACT_CHARS));
    }
    Map<String, String> facts = new TreeMap<>();
    facts.put(FactCatalog.OIDC_ISSUER, issuer.name());
    facts.put(FactCatalog.OIDC + ".subject", subject);
    issuer
        .facts()
        .forEach((fact, claim) -> {
          String value = value(claims, claim);
          if (value != null) {
            facts.put(FactCatalog.OIDC + "." + fact, value);
          }
        });
    return facts;
  }

  /** {@return a claim as text; null: there is none, or it is no text, whole number or truth} */
  private static @Nullable String value(ObjectNode claims, String claim) {
    JsonNode value = claim.startsWith("/") ? claims.at(claim) : claims.get(claim);
    if (value == null || !(value.isString() || value.isIntegralNumber() || value.isBoolean())) {
      return null;
    }
    String text = value.asString();
    return text.isEmpty() || text.length() > MAX_FACT_CHARS ? null : text;
  }
}
