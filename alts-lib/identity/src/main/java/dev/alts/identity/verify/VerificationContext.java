package dev.alts.identity.verify;

import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.RevocationList;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Everything that a verification rests on besides the peer's certificates. Its id is a digest of
 * all of it, so any change is a new id and no cached success outlives the state that it was reached
 * in, while a snapshot that changed nothing keeps the cache warm. Immutable and thread-safe.
 */
public final class VerificationContext {
  private final TrustDomain ownDomain;
  private final Map<TrustDomain, TrustedDomain> domains;
  private final Map<TrustDomain, RevocationIndex> revocations;
  private final ForeignDomainPolicy foreignDomainPolicy;
  private final StaleRevocation whenStale;
  private final Bytes id;

  private VerificationContext(
      TrustDomain ownDomain,
      Map<TrustDomain, TrustedDomain> domains,
      ForeignDomainPolicy foreignDomainPolicy,
      StaleRevocation whenStale) {
    this.ownDomain = ownDomain;
    this.domains = Map.copyOf(domains);
    this.foreignDomainPolicy = foreignDomainPolicy;
    this.whenStale = whenStale;
    this.id = digest();
    Map<TrustDomain, RevocationIndex> indexes = new HashMap<>();
    domains.forEach(
        (name, domain) -> indexes.put(name, new RevocationIndex(domain.revocationList())));
    this.revocations = Map.copyOf(indexes);
  }

  /**
   * {@return the context}
   *
   * @param domains the own one and foreign ones, none twice
   */
  public static VerificationContext of(
      TrustDomain ownDomain,
      Collection<TrustedDomain> domains,
      ForeignDomainPolicy foreignDomainPolicy,
      StaleRevocation whenStale) {
    Map<TrustDomain, TrustedDomain> byName = new HashMap<>();
    for (TrustedDomain domain : domains) {
      if (byName.put(domain.name(), domain) != null) {
        throw new IllegalArgumentException(
            "trust domain %s (expected: at most once)".formatted(domain.name()));
      }
    }
    if (!byName.containsKey(ownDomain)) {
      throw new IllegalArgumentException(
          "trust domains (expected: the own one, %s, among them)".formatted(ownDomain));
    }
    return new VerificationContext(ownDomain, byName, foreignDomainPolicy, whenStale);
  }

  /** {@return a context that trusts the own domain only and keeps serving on a stale list} */
  public static VerificationContext ofOwn(TrustedDomain own) {
    return of(own.name(), List.of(own), ForeignDomainPolicy.none(), StaleRevocation.KEEP_SERVING);
  }

  public TrustDomain ownDomain() {
    return ownDomain;
  }

  public Optional<TrustedDomain> domain(TrustDomain name) {
    return Optional.ofNullable(domains.get(name));
  }

  public ForeignDomainPolicy foreignDomainPolicy() {
    return foreignDomainPolicy;
  }

  public StaleRevocation whenStale() {
    return whenStale;
  }

  /** {@return the digest of all of this} */
  public Bytes id() {
    return id;
  }

  /**
   * {@return the time T before which no session with {@code server} as the server may be resumed
   * (handshake.md section 7), if there is one} Servers compare the creation time of a key with T,
   * clients their own authentication time with T + skew.
   */
  public Optional<Instant> resumptionVoidBefore(SpiffeId server) {
    return Optional.ofNullable(revocations.get(server.trustDomain()))
        .flatMap(index -> index.resumptionVoidBefore(server));
  }

  Optional<String> whyRevoked(PeerFacts facts) {
    return Optional.ofNullable(revocations.get(facts.spiffeId().trustDomain()))
        .flatMap(index -> index.whyRevoked(facts));
  }

  @Override
  public String toString() {
    return "VerificationContext[%s, %d domains, %s]".formatted(ownDomain, domains.size(), id);
  }

  private Bytes digest() {
    MessageDigest digest = Sha256.newDigest();
    update(digest, ownDomain.name().getBytes(StandardCharsets.UTF_8));
    update(digest, whenStale.name().getBytes(StandardCharsets.UTF_8));
    Map<String, TrustedDomain> sorted = new TreeMap<>();
    domains.forEach((name, domain) -> sorted.put(name.name(), domain));
    for (TrustedDomain domain : sorted.values()) {
      update(digest, domain.trustDocument().toWire().toByteArray());
      RevocationList list = domain.revocationList();
      update(digest, list == null ? new byte[0] : list.toWire().toByteArray());
      byte[] policy =
          foreignDomainPolicy
              .constraintFor(domain.name())
              .map(constraint -> constraint.toWire().toByteArray())
              .orElse(null);
      update(digest, new byte[] {(byte) (policy == null ? 0 : 1)});
      update(digest, policy == null ? new byte[0] : policy);
    }
    return Bytes.copyOf(digest.digest());
  }

  private static void update(MessageDigest digest, byte[] part) {
    digest.update(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(part.length).array());
    digest.update(part);
  }
}
