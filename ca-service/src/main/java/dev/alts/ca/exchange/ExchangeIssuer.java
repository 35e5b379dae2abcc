package dev.alts.ca.exchange;

import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.identity.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * An OIDC issuer whose tokens may be exchanged, and what they must be like.
 *
 * @param name by which rules call it: {@code verified.oidc.issuer}
 * @param url the claim {@code iss}, exactly; the discovery document is below it
 * @param audience the only audience that a token may have
 * @param algorithms by which tokens may be signed, names of RFC 7518 and RFC 8037
 * @param required claims that must have exactly this text: the tenant, where an issuer serves many
 * @param facts names of facts below {@code verified.oidc}, with the claims that they are taken
 *     from: a name, or a JSON pointer
 * @param roots of its server's certificates, DER; empty: those that the Java platform trusts
 * @param maxAge oldest token, by {@code iat}
 */
public record ExchangeIssuer(
    String name,
    String url,
    String audience,
    Set<String> algorithms,
    Map<String, String> required,
    Map<String, String> facts,
    List<Bytes> roots,
    Duration maxAge) {
  /** What can be signed with nothing but a private key; no secret that both sides know. */
  public static final Set<String> ALGORITHMS =
      Set.of(
          "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA");

  public static final Duration LONGEST_AGE = Duration.ofHours(1);

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final Pattern FACT = Pattern.compile("[A-Za-z0-9_-]{1,63}");
  private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{1,255}");
  private static final Set<String> OWN_FACTS = Set.of("issuer", "subject");
  private static final int MAX_CLAIMS = 32;
  private static final int MAX_ROOTS = 8;

  public ExchangeIssuer {
    algorithms = Set.copyOf(algorithms);
    required = Map.copyOf(required);
    facts = Map.copyOf(facts);
    roots = List.copyOf(roots);
    require(NAME, name, "name", "1 to 63 of a-z, 0-9, '.', '-', '_'");
    HttpsUrl parsed = HttpsUrl.parse(url);
    if (!PRINTABLE.matcher(url).matches() || parsed.target().contains("?")) {
      throw new IllegalArgumentException("url: (expected: at most 255 characters, no query)");
    }
    require(PRINTABLE, audience, "audience", "1 to 255 printable ASCII characters");
    if (algorithms.isEmpty() || !ALGORITHMS.containsAll(algorithms)) {
      throw new IllegalArgumentException(
          "algorithms: %s (expected: at least one of %s)"
              .formatted(new TreeSet<>(algorithms), new TreeSet<>(ALGORITHMS)));
    }
    if (required.size() > MAX_CLAIMS || facts.size() > MAX_CLAIMS || roots.size() > MAX_ROOTS) {
      throw new IllegalArgumentException(
          "issuer: (expected: at most %d required claims, %d facts, %d roots)"
              .formatted(MAX_CLAIMS, MAX_CLAIMS, MAX_ROOTS));
    }
    required.forEach((claim, value) -> {
      require(PRINTABLE, claim, "required claim", "a name or a JSON pointer");
      // abuse-10: a claim that must be empty would be one that every token without it has
      require(PRINTABLE, value, "required claim " + claim, "1 to 255 printable ASCII characters");
    });
    facts.forEach((fact, claim) -> {
      require(FACT, fact, "fact", "1 to 63 letters, digits, '-', '_'");
      require(PRINTABLE, claim, "claim of fact " + fact, "a name or a JSON pointer");
      if (OWN_FACTS.contains(fact)) {
        throw new IllegalArgumentException(
            "fact %s: every token has it already (expected: another name)".formatted(fact));
      }
    });
    if (maxAge.compareTo(Duration.ofSeconds(30)) < 0 || maxAge.compareTo(LONGEST_AGE) > 0) {
      throw new IllegalArgumentException(
          "max age: %s (expected: PT30S to %s)".formatted(maxAge, LONGEST_AGE));
    }
  }

  private static void require(Pattern pattern, String text, String what, String expected) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("%s: (expected: %s)".formatted(what, expected));
    }
  }

  /** {@return where its discovery document is (OpenID Connect Discovery 4)} */
  HttpsUrl discovery() {
    String base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    return HttpsUrl.parse(base + "/.well-known/openid-configuration");
  }

  /** {@return the facts in the order of their names} */
  public Map<String, String> sortedFacts() {
    return new TreeMap<>(facts);
  }
}
