package dev.alts.agent.credentials;

import dev.alts.agent.attestation.FactFootprint;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the CA has pushed, verified: the same for every process of this machine. One
 * immutable value, replaced as a whole.
 *
 * @param own what our own trust domain has published
 * @param namingPolicy which servers may answer for which targets
 * @param foreign what foreign trust domains have published that our CA's policy pins, by name
 * @param rules which facts matter; absent until the CA has said it
 * @param evictedBecause why the CA turned this machine away, if it did
 */
public record DomainState(
    Published own,
    @Nullable SignedDocument namingPolicy,
    Policies policies,
    Map<String, Published> foreign,
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

  /** One version of the rules, as far as agents must know it. */
  public record Rules(long version, FactFootprint footprint) {}

  public static DomainState first(Verified<TrustDocument> trust) {
    return new DomainState(new Published(trust, null), null, Policies.NONE, Map.of(), null, null);
  }

  public DomainState withOwn(Published newer) {
    return new DomainState(newer, namingPolicy, policies, foreign, rules, evictedBecause);
  }

  public DomainState withNamingPolicy(SignedDocument newer) {
    return new DomainState(own, newer, policies, foreign, rules, evictedBecause);
  }

  public DomainState withPolicies(Policies newer) {
    return new DomainState(own, namingPolicy, newer, foreign, rules, evictedBecause);
  }

  public DomainState withForeign(Map<String, Published> newer) {
    return new DomainState(own, namingPolicy, policies, newer, rules, evictedBecause);
  }

  public DomainState withRules(Rules newer) {
    return new DomainState(own, namingPolicy, policies, foreign, newer, evictedBecause);
  }

  public DomainState evicted(String reason) {
    return new DomainState(own, namingPolicy, policies, foreign, rules, reason);
  }
}
