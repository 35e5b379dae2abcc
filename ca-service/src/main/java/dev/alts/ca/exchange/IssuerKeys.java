package dev.alts.ca.exchange;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import dev.alts.ca.fetch.FetchException;
import dev.alts.ca.fetch.FetchLimits;
import dev.alts.ca.fetch.Fetched;
import dev.alts.ca.fetch.HttpsFetcher;
import dev.alts.ca.fetch.HttpsUrl;
import dev.alts.ca.fetch.ServerTrust;
import dev.alts.identity.Bytes;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The keys by which issuers sign, fetched by discovery and kept for a while. Thread-safe.
 *
 * <p>What cannot be fetched is not there: when keys are too old and there are no new ones, no token
 * verifies (abuse-36). A token with a key that nobody knows leads to a new look, but not more often
 * than {@link #PATIENCE} allows, whoever sends how many of them.
 */
final class IssuerKeys {
  /** Between two looks for keys of one issuer. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Logger log = LoggerFactory.getLogger(IssuerKeys.class);

  private static final FetchLimits LIMITS = new FetchLimits(Duration.ofSeconds(8), 256 * 1024);
  private static final Duration SHORTEST_KEPT = Duration.ofMinutes(5);
  private static final Duration LONGEST_KEPT = Duration.ofHours(1);
  private static final Duration TOO_OLD = Duration.ofHours(2);
  private static final int MAX_KEYS = 64;
  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 8192;

  private final HttpsFetcher fetcher;
  private final InstantSource clock;
  private final Map<String, Slot> slots =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Slot> eldest) {
          return size() > ExchangeIssuers.MOST;
        }
      };

  IssuerKeys(HttpsFetcher fetcher, InstantSource clock) {
    this.fetcher = fetcher;
    this.clock = clock;
  }

  /** Keys of one issuer as it is configured now. */
  private static final class Slot {
    private final ExchangeIssuer issuer;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Fetch latest;
    private @Nullable Instant lookedAt;

    Slot(ExchangeIssuer issuer) {
      this.issuer = issuer;
    }
  }

  /** A key set as it was at some time. */
  private record Fetch(List<JWK> keys, Instant fetchedAt, Instant freshUntil) {
    List<JWK> of(@Nullable String keyId) {
      return keyId == null
          ? keys
          : keys.stream().filter(key -> keyId.equals(key.getKeyID())).toList();
    }
  }

  /** There are no keys of the issuer now. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    UnavailableException(String message) {
      super(message);
    }
  }

  /**
   * {@return the keys of this ID; without an ID all of them}
   *
   * @throws UnavailableException if the issuer cannot be asked and nothing that it said is young
   *     enough
   */
  List<JWK> find(ExchangeIssuer issuer, @Nullable String keyId) throws UnavailableException {
    Slot slot = slot(issuer);
    Fetch latest = slot.latest;
    // Nobody waits for a look that others need.
    if (latest != null
        && clock.instant().isBefore(latest.freshUntil())
        && !latest.of(keyId).isEmpty()) {
      return latest.of(keyId);
    }
    try {
      if (!slot.lock.tryLock(15, TimeUnit.SECONDS)) {
        throw new UnavailableException(
            "the keys of issuer %s are slow to come".formatted(issuer.name()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("the CA is stopping");
    }
    try {
      return find(slot, keyId);
    } finally {
      slot.lock.unlock();
    }
  }

  private List<JWK> find(Slot slot, @Nullable String keyId) throws UnavailableException {
    Instant now = clock.instant();
    Fetch latest = slot.latest;
    boolean good =
        latest != null && now.isBefore(latest.freshUntil()) && !latest.of(keyId).isEmpty();
    boolean mayLook = slot.lookedAt == null || !now.isBefore(slot.lookedAt.plus(PATIENCE));
    if (!good && mayLook) {
      slot.lookedAt = now;
      refresh(slot, now);
      latest = slot.latest;
    }
    if (latest == null || !now.isBefore(latest.fetchedAt().plus(TOO_OLD))) {
      throw new UnavailableException(
          "the keys of issuer %s could not be fetched; the log of the CA says why"
              .formatted(slot.issuer.name()));
    }
    return latest.of(keyId);
  }

  private synchronized Slot slot(ExchangeIssuer issuer) {
    Slot slot = slots.get(issuer.name());
    if (slot == null || !slot.issuer.equals(issuer)) {
      slot = new Slot(issuer);
      slots.put(issuer.name(), slot);
    }
    return slot;
  }

  private void refresh(Slot slot, Instant now) {
    try {
      ServerTrust trust = trust(slot.issuer);
      HttpsUrl url = keySetUrl(slot.issuer, trust);
      Fetched answer = fetcher.get(url, "application/json", trust, LIMITS);
      slot.latest =
          new Fetch(keys(answer.body().toByteArray()), now, now.plus(kept(answer.maxAge())));
    } catch (FetchException | IllegalArgumentException e) {
      log.warn(
          "keys of an issuer not fetched: issuer={} cause={}", slot.issuer.name(), e.getMessage());
    }
  }

  private static Duration kept(Duration maxAge) {
    if (maxAge.compareTo(SHORTEST_KEPT) < 0) {
      return SHORTEST_KEPT;
    }
    return maxAge.compareTo(LONGEST_KEPT) > 0 ? LONGEST_KEPT : maxAge;
  }

  /** OpenID Connect Discovery 4.3: the document must be of the very issuer that was asked for. */
  private HttpsUrl keySetUrl(ExchangeIssuer issuer, ServerTrust trust) throws FetchException {
    Fetched answer = fetcher.get(issuer.discovery(), "application/json", trust, LIMITS);
    ObjectNode document = StrictJson.object(answer.body().toByteArray());
    if (!StrictJson.text(document, "issuer").equals(issuer.url())) {
      throw new IllegalArgumentException("the discovery document is of another issuer");
    }
    return HttpsUrl.parse(StrictJson.text(document, "jwks_uri"));
  }

  private static ServerTrust trust(ExchangeIssuer issuer) {
    if (issuer.roots().isEmpty()) {
      return ServerTrust.ofPlatform();
    }
    List<X509Certificate> roots = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Bytes der : issuer.roots()) {
        roots.add(
            (X509Certificate)
                factory.generateCertificate(new ByteArrayInputStream(der.toByteArray())));
      }
    } catch (CertificateException e) {
      throw new IllegalArgumentException("roots: not X.509", e);
    }
    return ServerTrust.ofRoots(roots);
  }

  /** {@return what of a JSON web key set may verify a signature} */
  static List<JWK> keys(byte[] json) {
    JsonNode members = StrictJson.object(json).get("keys");
    if (members == null || !members.isArray() || members.size() > MAX_KEYS) {
      throw new IllegalArgumentException(
          "no JSON web key set of at most %d keys".formatted(MAX_KEYS));
    }
    List<JWK> keys = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (JsonNode member : members) {
      JWK key = usable(member);
      if (key == null) {
        continue;
      }
      if (key.getKeyID() != null && !names.add(key.getKeyID())) {
        // Which of the two is meant, two readers might see differently.
        throw new IllegalArgumentException("two keys of one ID");
      }
      keys.add(key);
    }
    return List.copyOf(keys);
  }

  private static @Nullable JWK usable(JsonNode member) {
    JWK key;
    try {
      key = JWK.parse(member.toString());
    } catch (ParseException e) {
      // A key of a kind that is not known yet is no reason to lose the others.
      return null;
    }
    boolean forSignatures = key.getKeyUse() == null || KeyUse.SIGNATURE.equals(key.getKeyUse());
    // A key whose private half is published proves nothing.
    if (!forSignatures || key.isPrivate()) {
      return null;
    }
    return switch (key) {
      case RSAKey rsa when rsa.size() >= MIN_RSA_BITS && rsa.size() <= MAX_RSA_BITS -> rsa;
      case ECKey ec -> ec;
      case OctetKeyPair pair -> pair;
      default -> null;
    };
  }
}
