package dev.alts.agent.upstream;

import dev.alts.agent.attestation.FactFootprint;
import dev.alts.agent.credentials.CredentialCache;
import dev.alts.agent.credentials.DomainState;
import dev.alts.agent.credentials.DomainState.Published;
import dev.alts.agent.credentials.DomainState.Verified;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.LiveCredential;
import dev.alts.agent.credentials.Policies;
import dev.alts.api.federation.v1.FederatedDomain;
import dev.alts.api.federation.v1.FederatedDomains;
import dev.alts.api.machine.v1.GrantChange;
import dev.alts.api.machine.v1.IdentityResumptionKeys;
import dev.alts.api.machine.v1.RuleSet;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies what the CA pushes and passes it on. Documents are signed and checked against the root
 * and never go back; the rest counts because it came from the CA itself.
 *
 * <p>Used by one thread, that of the watch stream, but for {@link #spread()}.
 */
public final class PushedUpdates {
  private static final Logger logger = LoggerFactory.getLogger(PushedUpdates.class);

  private final DomainStateSource domain;
  private final CredentialCache cache;
  private final LiveCredential machine;
  private final MachineStore store;
  private final AuditWitness witness;
  private volatile Duration spread = Duration.ZERO;
  private long namingVersion;

  public PushedUpdates(
      DomainStateSource domain, CredentialCache cache, LiveCredential machine, MachineStore store) {
    this.domain = domain;
    this.cache = cache;
    this.machine = machine;
    this.store = store;
    this.witness = new AuditWitness(store);
  }

  /**
   * Takes over one update.
   *
   * @throws InvalidDocumentException if it is a document that the root does not vouch for
   */
  void apply(WatchResponse response) throws InvalidDocumentException {
    switch (response.getUpdateCase()) {
      case TRUST_DOCUMENT -> trustDocument(response.getTrustDocument(), response.getBridgesList());
      case REVOCATION_LIST -> revocationList(response.getRevocationList());
      case NAMING_POLICY -> namingPolicy(response.getNamingPolicy());
      case RECORD_POLICY -> policies(held -> held.with(response.getRecordPolicy()));
      case FEDERATED_DOMAINS -> federatedDomains(response.getFederatedDomains());
      // What earlier CAs said of foreign trust domains, which never was anything.
      case FOREIGN_DOMAIN_POLICY -> {}
      case REVOCATION_POLICY -> policies(held -> held.with(response.getRevocationPolicy()));
      case AUTHORIZATION_POLICY -> policies(held -> held.with(response.getAuthorizationPolicy()));
      case RULES -> rules(response.getRules());
      case PACING -> spread = Duration.ofSeconds(response.getPacing().getSpreadSeconds());
      case GRANTS -> grants(response.getGrants().getChangesList());
      case RESUMPTION_KEYS -> resumptionKeys(response.getResumptionKeys());
      case EVICTION -> evict(response.getEviction().getReason());
      case AUDIT_CHECKPOINT ->
          witness.take(response.getAuditCheckpoint(), domain.get().own().trust().document());
      case JWT_BUNDLE ->
          domain.update(state -> state.withJwtKeys(response.getJwtBundle().getJwks()));
      case CAUGHT_UP, UPDATE_NOT_SET -> {}
    }
  }

  /** {@return over how long a time the CA wants renewals to be spread; from any thread} */
  public Duration spread() {
    return spread;
  }

  private void policies(UnaryOperator<Policies> change) {
    domain.update(state -> state.withPolicies(change.apply(state.policies())));
  }

  private void trustDocument(SignedDocument signed, List<SignedDocument> bridges)
      throws InvalidDocumentException {
    TrustDocument before = domain.get().own().trust().document();
    Verified<TrustDocument> next =
        new Verified<>(signed, Succession.follow(before, bridges, signed));
    if (next.document().sequence() == before.sequence()) {
      domain.update(state ->
          state.withOwn(new Published(state.own().trust(), state.own().revocation(), bridges)));
      return;
    }
    if (!next.document().rootFingerprint().equals(before.rootFingerprint())) {
      logger.warn(
          "trust document: the root is {} now, before {}; its predecessor named it",
          next.document().rootFingerprint(),
          before.rootFingerprint());
    }
    try {
      store.save(next);
    } catch (IOException e) {
      // A full disk must not keep out what withdraws an authority, nor what is pushed behind it.
      logger.error("trust document: not stored, a restart would begin with an older one", e);
    }
    domain.update(state -> state.withOwn(new Published(next, state.own().revocation(), bridges)));
    logger.info(
        "trust document: sequence {}, {} authorities",
        next.document().sequence(),
        next.document().authorities().size());
  }

  private void revocationList(SignedDocument signed) throws InvalidDocumentException {
    DomainState state = domain.get();
    Verified<RevocationList> next =
        newer(signed, state.own().trust().document(), state.own().revocation());
    if (next != null) {
      domain.update(current ->
          current.withOwn(new Published(current.own().trust(), next, current.own().bridges())));
      logger.info(
          "revocation list: counter {}, {} entries",
          next.document().counter(),
          next.document().entries().size());
    }
  }

  /** {@return the list, or null if it is the one that is held already} */
  static @Nullable Verified<RevocationList> newer(
      SignedDocument signed, TrustDocument trust, @Nullable Verified<RevocationList> held)
      throws InvalidDocumentException {
    if (held != null && held.signed().equals(signed)) {
      return null;
    }
    RevocationList next = RevocationList.open(signed, trust);
    if (held != null && !next.isNewerThan(held.document())) {
      throw new InvalidDocumentException(
          "revocation list: counter %d (expected: above %d)"
              .formatted(next.counter(), held.document().counter()));
    }
    return new Verified<>(signed, next);
  }

  private void namingPolicy(SignedDocument signed) throws InvalidDocumentException {
    NamingPolicy next = NamingPolicy.open(signed, domain.get().own().trust().document());
    if (next.version() < namingVersion) {
      throw new InvalidDocumentException(
          "naming policy: version %d (expected: at least %d)"
              .formatted(next.version(), namingVersion));
    }
    namingVersion = next.version();
    domain.update(state -> state.withNamingPolicy(signed));
    logger.info("naming policy: version {}", next.version());
  }

  private void federatedDomains(FederatedDomains domains) {
    domain.update(state -> state.withForeign(ForeignDomains.follow(state.foreign(), domains)));
    logger.info(
        "federation: trust domains {}",
        domains.getDomainsList().stream().map(FederatedDomain::getTrustDomain).toList());
  }

  private void rules(RuleSet rules) {
    FactFootprint footprint = new FactFootprint(Set.copyOf(rules.getFactFootprintList()));
    domain.update(state -> state.withRules(new DomainState.Rules(rules.getVersion(), footprint)));
    logger.info("rules: version {} reads {}", rules.getVersion(), rules.getFactFootprintList());
  }

  private void grants(List<GrantChange> changes) {
    cache.apply(changes, spread);
    for (GrantChange change : changes) {
      // Only an eviction takes the machine's own identity away.
      if (change.getAction() == GrantChange.Action.ASK_AGAIN
          && machine.state() instanceof LiveCredential.Serving serving
          && CredentialCache.matching(change).test(serving.certificate())) {
        machine.askAgain(spread);
      }
    }
  }

  private void resumptionKeys(IdentityResumptionKeys keys) {
    cache
        .credentials(certificate ->
            certificate.id().toString().equals(keys.getSpiffeId())
                && certificate.attributes().boundary().equals(keys.getBoundary()))
        .forEach(credential -> credential.replaceResumptionKeys(keys.getKeysList()));
  }

  private void evict(String reason) {
    logger.error("evicted: the CA turned this machine away ({})", reason);
    domain.update(state -> state.evicted(reason));
    machine.end("evicted: " + reason);
    cache.endAll("the CA turned this machine away: " + reason);
  }
}
