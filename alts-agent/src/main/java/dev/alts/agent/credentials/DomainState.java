package dev.alts.agent.credentials;

import com.google.protobuf.ByteString;
import dev.alts.agent.attestation.FactFootprint;
import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the CA has pushed, verified: the same for every process of this machine. One
 * immutable value, replaced as a whole.
 *
 * @param own what our own trust domain has published
 * @param namingPolicy which servers may answer for which targets
 * @param foreign the foreign trust domains that our CA admits, by name
 * @param jwtKeys our own trust domain's, as a JSON web key set; empty until the CA has said them
 * @param rules which facts matter; absent until the CA has said it
 * @param evictedBecause why the CA turned this machine away, if it did
 */
public record DomainState(
    Published own,
    @Nullable SignedDocument namingPolicy,
    Policies policies,
    Map<String, Foreign> foreign,
    ByteString jwtKeys,
    @Nullable Rules rules,
    @Nullable String evictedBecause) {
  public DomainState {
    foreign = Map.copyOf(foreign);
  }

  /** A document and the signed bytes that it was read from, to be handed on. */
  public record Verified<T>(SignedDocument signed, T document) {}

  /**
   * What one trust domain has published.
   *
   * @param bridges the last documents of earlier roots, for processes that still hold one of those
   */
  public record Published(
      Verified<TrustDocument> trust,
      @Nullable Verified<RevocationList> revocation,
      List<SignedDocument> bridges) {
    public Published {
      bridges = List.copyOf(bridges);
    }

    /** What a domain has published whose root never changed, as far as is known. */
    public Published(Verified<TrustDocument> trust, @Nullable Verified<RevocationList> revocation) {
      this(trust, revocation, List.of());
    }
  }

  /**
   * A foreign trust domain.
   *
   * @param admitted as our CA says it
   * @param published what it signed, for ALTS; absent: it does not speak ALTS
   */
  public record Foreign(FederatedDomain admitted, @Nullable Published published) {
    /** {@return whether processes with this identity are told of it} */
    public boolean isGivenTo(SpiffeId id) {
      return admitted.getGivenToPathsList().isEmpty()
          || admitted.getGivenToPathsList().stream().anyMatch(id::hasPathPrefix);
    }
  }

  /** {@return the foreign trust domains that this identity of ours is told of, by name} */
  public List<Foreign> foreignFor(SpiffeId id) {
    return new TreeMap<>(foreign).values().stream().filter(domain -> domain.isGivenTo(id)).toList();
  }

  /** One version of the rules, as far as agents must know it. */
  public record Rules(long version, FactFootprint footprint) {}

  public static DomainState first(Verified<TrustDocument> trust) {
    return new DomainState(
        new Published(trust, null), null, Policies.NONE, Map.of(), ByteString.EMPTY, null, null);
  }

  public DomainState withOwn(Published newer) {
    return new DomainState(newer, namingPolicy, policies, foreign, jwtKeys, rules, evictedBecause);
  }

  public DomainState withNamingPolicy(SignedDocument newer) {
    return new DomainState(own, newer, policies, foreign, jwtKeys, rules, evictedBecause);
  }

  public DomainState withPolicies(Policies newer) {
    return new DomainState(own, namingPolicy, newer, foreign, jwtKeys, rules, evictedBecause);
  }

  public DomainState withForeign(Map<String, Foreign> newer) {
    return new DomainState(own, namingPolicy, policies, newer, jwtKeys, rules, evictedBecause);
  }

  public DomainState withJwtKeys(ByteString newer) {
    return new DomainState(own, namingPolicy, policies, foreign, newer, rules, evictedBecause);
  }

  public DomainState withRules(Rules newer) {
    return new DomainState(own, namingPolicy, policies, foreign, jwtKeys, newer, evictedBecause);
  }

  public DomainState evicted(String reason) {
    return new DomainState(own, namingPolicy, policies, foreign, jwtKeys, rules, reason);
  }
}
