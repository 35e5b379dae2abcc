package dev.alts.agent.credentials;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.TrustedDomain;
import dev.alts.api.policy.v1.ForeignDomain;
import dev.alts.api.policy.v1.ForeignDomainPolicy;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.EntityKind;

/** Puts one complete snapshot together from a credential and what the CA has pushed. */
public final class SnapshotAssembler {
  private final DomainStateSource domain;
  private final ServerClock clock;

  public SnapshotAssembler(DomainStateSource domain, ServerClock clock) {
    this.domain = domain;
    this.clock = clock;
  }

  /**
   * {@return the snapshot, without a sequence number}
   *
   * @param terms what the process that gets it was granted, its default identity first
   */
  public CredentialSnapshot assemble(LiveCredential.Serving serving, Issuance.Terms terms) {
    HeldCertificate master = serving.certificate();
    HandshakeCredential handshake = serving.handshake();
    AltsAttributes attributes = master.attributes();
    CredentialSnapshot.Builder snapshot =
        CredentialSnapshot.newBuilder()
            .setSpiffeId(master.id().toString())
            .setKind(EntityKind.forNumber(attributes.kind().number()))
            .setBoundary(attributes.boundary())
            .setMachine(attributes.machine())
            .setRevocationId(attributes.revocationId().value())
            .setIssuedAt(attributes.issuedAt().getEpochSecond())
            .setCredential(handshake.credential())
            .setX25519PrivateKey(
                UnsafeByteOperations.unsafeWrap(handshake.x25519PrivateKey().exposeCopy()))
            .setHandshakeNotAfter(handshake.notAfter().getEpochSecond())
            .setMasterNotAfter(master.notAfter().getEpochSecond())
            .addAllResumptionKeys(serving.resumptionKeys())
            .addAllRules(terms.rulesOf(master.id()))
            .setRuleVersion(terms.ruleVersion())
            .setClockOffsetSeconds(clock.offset().toSeconds());
    terms.identities().forEach(identity -> snapshot.addAvailableSpiffeIds(identity.spiffeId()));
    DomainState state = domain.get();
    addDomains(snapshot, state, master.id());
    RecordPolicy records =
        RecordTerms.narrow(state.policies().records(), terms.recordsOf(master.id()));
    if (records != null) {
      snapshot.setRecordPolicy(records);
    }
    return snapshot.build();
  }

  private static void addDomains(
      CredentialSnapshot.Builder snapshot, DomainState state, SpiffeId id) {
    snapshot.addDomains(trusted(state.own()));
    ForeignDomainPolicy.Builder admitted = ForeignDomainPolicy.newBuilder();
    for (DomainState.Foreign foreign : state.foreignFor(id)) {
      if (foreign.published() != null) {
        snapshot.addDomains(trusted(foreign.published()));
        admitted.addDomains(
            ForeignDomain.newBuilder()
                .setTrustDomain(foreign.admitted().getTrustDomain())
                .setConstraint(foreign.admitted().getConstraint())
                .setRootSpkiSha256(foreign.admitted().getRootSpkiSha256()));
      }
    }
    snapshot.setForeignDomainPolicy(admitted);
    if (state.namingPolicy() != null) {
      snapshot.setNamingPolicy(state.namingPolicy());
    }
    Policies policies = state.policies();
    if (policies.revocation() != null) {
      snapshot.setRevocationPolicy(policies.revocation());
    }
    if (policies.authorization() != null) {
      snapshot.setAuthorizationPolicy(policies.authorization());
    }
  }

  private static TrustedDomain trusted(DomainState.Published published) {
    DomainState.Verified<TrustDocument> trust = published.trust();
    DomainState.Verified<RevocationList> revocation = published.revocation();
    TrustedDomain.Builder domain =
        TrustedDomain.newBuilder()
            .setTrustDomain(trust.document().trustDomain().name())
            .setRootSpkiSha256(
                ByteString.copyFrom(trust.document().rootFingerprint().sha256().asByteBuffer()))
            .setTrustDocument(trust.signed())
            .addAllBridges(published.bridges());
    if (revocation != null) {
      domain.setRevocationList(revocation.signed());
    }
    return domain.build();
  }
}
