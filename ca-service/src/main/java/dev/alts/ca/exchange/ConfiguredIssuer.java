package dev.alts.ca.exchange;

import com.nimbusds.jose.jwk.JWK;
import dev.alts.ca.fetch.HttpsFetcher;
import dev.alts.ca.policy.FactCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An issuer that the configuration of the CA names, not its admins, whose tokens are evidence and
 * not exchanged: they may be shown again until they expire. Thread-safe.
 */
public final class ConfiguredIssuer {
  private static final int MAX_KEY_SET_BYTES = 256 * 1024;

  private final TokenVerifier verifier;
  private final InstantSource clock;

  private ConfiguredIssuer(ExchangeIssuer issuer, TokenVerifier.Keys keys, InstantSource clock) {
    this.verifier =
        new TokenVerifier(
            url -> url.equals(issuer.url()) ? Optional.of(issuer) : Optional.empty(), keys);
    this.clock = clock;
  }

  /** {@return one whose JSON web key set is {@code file}, read again for each token} */
  public static ConfiguredIssuer ofKeySet(ExchangeIssuer issuer, Path file, InstantSource clock) {
    return new ConfiguredIssuer(issuer, (of, keyId) -> find(file, keyId), clock);
  }

  /** {@return one whose keys are found by OpenID Connect Discovery} */
  public static ConfiguredIssuer ofDiscovery(
      ExchangeIssuer issuer, HttpsFetcher fetcher, InstantSource clock) {
    return new ConfiguredIssuer(issuer, new IssuerKeys(fetcher, clock)::find, clock);
  }

  /** What a token comes to. */
  public sealed interface Answer {
    /**
     * It is good.
     *
     * @param says the issuer's facts by name, and {@code subject}
     */
    record Good(Map<String, String> says) implements Answer {
      public Good {
        says = Map.copyOf(says);
      }
    }

    record Bad(String why) implements Answer {}

    /** Nobody knows now: the keys are not there. */
    record Unavailable(String why) implements Answer {}
  }

  /** {@return whether {@code token} is good now, and what it says} */
  public Answer verify(String token) {
    return switch (verifier.verify(token, clock.instant())) {
      case TokenVerifier.Verdict.Good good -> new Answer.Good(plain(good.token().facts()));
      case TokenVerifier.Verdict.Bad bad -> new Answer.Bad(bad.why());
      case TokenVerifier.Verdict.Unavailable unavailable ->
          new Answer.Unavailable(unavailable.why());
    };
  }

  private static Map<String, String> plain(Map<String, String> facts) {
    Map<String, String> plain = new TreeMap<>();
    facts.forEach((name, value) -> plain.put(name.substring(FactCatalog.OIDC.length() + 1), value));
    return plain;
  }

  private static List<JWK> find(Path file, @Nullable String keyId)
      throws IssuerKeys.UnavailableException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] json = in.readNBytes(MAX_KEY_SET_BYTES + 1);
      if (json.length > MAX_KEY_SET_BYTES) {
        throw new IssuerKeys.UnavailableException(
            "%s: more than %d bytes".formatted(file, MAX_KEY_SET_BYTES));
      }
      return IssuerKeys.keys(json).stream()
          .filter(key -> keyId == null || keyId.equals(key.getKeyID()))
          .toList();
    } catch (IOException | IllegalArgumentException e) {
      throw new IssuerKeys.UnavailableException("%s: %s".formatted(file, e.getMessage()));
    }
  }
}
