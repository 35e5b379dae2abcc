package dev.alts.agent.credentials;

import dev.alts.agent.attestation.FactFootprint;
import dev.alts.api.policy.v1.AuthorizationPolicy;
import dev.alts.api.policy.v1.ForeignDomainPolicy;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the CA has pushed, verified: the same for every process of this machine. One
 * immutable value, replaced as a whole.
 *
 * @param foreign trust documents of foreign trust domains that our CA's policy pins, by name
 * @param rules which facts matter; absent until the CA has said it
 * @param evictedBecause why the CA turned this machine away, if it did
 */
public record DomainState(
    Verified<TrustDocument> trust,
    @Nullable Verified<RevocationList> revocation,
    @Nullable SignedDocument namingPolicy,
    @Nullable RecordPolicy recordPolicy,
    @Nullable ForeignDomainPolicy foreignDomainPolicy,
    @Nullable AuthorizationPolicy authorizationPolicy,
    Map<String, ForeignDomain> foreign,
    @Nullable Rules rules,
    @Nullable String evictedBecause) {
  public DomainState {
    foreign = Map.copyOf(foreign);
  }

  /** A document and the signed bytes that it was read from, to be handed on. */
  public record Verified<T>(SignedDocument signed, T document) {}

  /** What a foreign trust domain has published. */
  public record ForeignDomain(
      Verified<TrustDocument> trust, @Nullable Verified<RevocationList> revocation) {}

  /** One version of the rules, as far as agents must know it. */
  public record Rules(long version, FactFootprint footprint) {}

  public static DomainState first(Verified<TrustDocument> trust) {
    return new DomainState(trust, null, null, null, null, null, Map.of(), null, null);
  }

  public DomainState with(Verified<TrustDocument> newer) {
    return new DomainState(
        newer,
        revocation,
        namingPolicy,
        recordPolicy,
        foreignDomainPolicy,
        authorizationPolicy,
        foreign,
        rules,
        evictedBecause);
  }

  public DomainState withRevocation(Verified<RevocationList> newer) {
    return new DomainState(
        trust,
        newer,
        namingPolicy,
        recordPolicy,
        foreignDomainPolicy,
        authorizationPolicy,
        foreign,
        rules,
        evictedBecause);
  }

  public DomainState withNamingPolicy(SignedDocument newer) {
    return new DomainState(
        trust,
        revocation,
        newer,
        recordPolicy,
        foreignDomainPolicy,
        authorizationPolicy,
        foreign,
        rules,
        evictedBecause);
  }

  public DomainState with(RecordPolicy newer) {
    return new DomainState(
        trust,
        revocation,
        namingPolicy,
        newer,
        foreignDomainPolicy,
        authorizationPolicy,
        foreign,
        rules,
        evictedBecause);
  }

  public DomainState with(ForeignDomainPolicy newer, Map<String, ForeignDomain> stillPinned) {
    return new DomainState(
        trust,
        revocation,
        namingPolicy,
        recordPolicy,
        newer,
        authorizationPolicy,
        stillPinned,
        rules,
        evictedBecause);
  }

  public DomainState withForeign(Map<String, ForeignDomain> newer) {
    return new DomainState(
        trust,
        revocation,
        namingPolicy,
        recordPolicy,
        foreignDomainPolicy,
        authorizationPolicy,
        newer,
        rules,
        evictedBecause);
  }

  public DomainState with(AuthorizationPolicy newer) {
    return new DomainState(
        trust,
        revocation,
        namingPolicy,
        recordPolicy,
        foreignDomainPolicy,
        newer,
        foreign,
        rules,
        evictedBecause);
  }

  public DomainState with(Rules newer) {
    return new DomainState(
        trust,
        revocation,
        namingPolicy,
        recordPolicy,
        foreignDomainPolicy,
        authorizationPolicy,
        foreign,
        newer,
        evictedBecause);
  }

  public DomainState evicted(String reason) {
    return new DomainState(
        trust,
        revocation,
        namingPolicy,
        recordPolicy,
        foreignDomainPolicy,
        authorizationPolicy,
        foreign,
        rules,
        reason);
  }
}
