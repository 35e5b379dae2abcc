package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alts.api.fact.v1.Provenance;
import dev.alts.api.fact.v1.UnavailableFacts;
import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.CertificateUse;
import dev.alts.api.machine.v1.GetTrustDocumentRequest;
import dev.alts.api.machine.v1.Grant;
import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.IssueOutcome;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.MachineCredentials;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.MachineKeys;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.authority.TrustDocuments;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.testing.CaCore;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.x509.SvidCertificate;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MachineApiTest {
  private static MachineCa ca;

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
    ca.apply(
        MachineCa.WEB,
        new RuleDraft(
            "host",
            "machine.labels.env == 'prod' && workload.unix.uid == 0",
            "",
            true,
            "1h",
            "",
            0,
            false,
            false),
        new RuleDraft(
            "free",
            "machine.labels.env == 'prod' && workload.unix.uid == 2000",
            "/demo/free",
            false,
            "30m",
            "hint",
            0,
            true,
            false),
        RuleDraft.of(
            "user",
            "machine.labels.env == 'prod' && has(machine.labels.env) && workload.unix.gid == 5",
            "/u/{workload.unix.user}",
            "1h"));
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void strangerGetsTheTrustDocumentThatTheRootSigned() throws Exception {
    try (RawAgent agent = ca.agent()) {
      var answer =
          MachineGrpc.newBlockingStub(agent.stranger())
              .getTrustDocument(GetTrustDocumentRequest.getDefaultInstance());

      TrustDocument opened =
          TrustDocument.open(
              answer.getTrustDocument(), ca.bean(TrustDocuments.class).rootFingerprint());
      assertThat(opened.trustDomain()).isEqualTo(CaCore.DOMAIN);
    }
  }

  @Test
  void tokenGivesTheMachineItsTwoCertificates() throws Exception {
    try (RawAgent agent = ca.agent()) {
      MachineCredentials credentials = agent.attest(ca.token("alpha"));

      assertThat(credentials.getSpiffeId()).isEqualTo("spiffe://test.alts/machine/alpha");
      assertThat(credentials.getBoundary()).isEqualTo("rack-7");
      assertThat(svid(credentials.getMaster().getChain(0)).attributes().orElseThrow().mayDelegate())
          .isTrue();
      SvidCertificate tls = svid(credentials.getTls().getChain(0));
      assertThat(tls.attributes().orElseThrow().mayDelegate()).isFalse();
      assertThat(tls.attributes().orElseThrow().machine()).isEqualTo("alpha");
      assertThat(credentials.getFactsList().stream().map(fact -> fact.getName()))
          .contains("machine.name", "machine.labels.env");
      assertThat(ca.bean(MachineRegistry.class).find(new MachineName("alpha")).orElseThrow())
          .satisfies(machine -> {
            assertThat(machine.certificates()).hasSize(2);
            assertThat(machine.attestor()).isEqualTo("join-token");
          });
    }
  }

  @Test
  @Tag("abuse-1")
  void tokenWorksOnce() {
    Bytes secret = ca.token("once");
    try (RawAgent first = ca.agent();
        RawAgent second = ca.agent()) {
      first.attest(secret);

      assertThatThrownBy(() -> second.attest(secret))
          .satisfies(failure -> assertStatus(failure, Status.Code.PERMISSION_DENIED));
    }
  }

  @Test
  void badKeysDoNotUseUpTheToken() {
    Bytes secret = ca.token("careful");
    KeyPair key = EcdsaP256.best().generateKeyPair(new SecureRandom());
    ByteString spki = ByteString.copyFrom(key.getPublic().getEncoded());
    try (RawAgent agent = ca.agent()) {
      assertThatThrownBy(() ->
              agent.tryAttest(
                  secret, MachineKeys.newBuilder().setMasterSpki(spki).setTlsSpki(spki).build()))
          .satisfies(failure -> assertStatus(failure, Status.Code.INVALID_ARGUMENT));

      assertThat(agent.attest(secret).getMachine()).isEqualTo("careful");
    }
  }

  @Test
  void unknownAttestorAndUnknownStepAreRefused() {
    try (RawAgent agent = ca.agent()) {
      assertThatThrownBy(() ->
              agent.tryAttest(
                  AttestRequest.newBuilder()
                      .setStart(
                          AttestRequest.Start.newBuilder()
                              .setAttestor("none")
                              .setKeys(
                                  RawAgent.keys(
                                      EcdsaP256.best().generateKeyPair(new SecureRandom()))))
                      .build()))
          .satisfies(failure -> assertStatus(failure, Status.Code.INVALID_ARGUMENT));
      assertThatThrownBy(() -> agent.tryAttest(AttestRequest.getDefaultInstance()))
          .satisfies(failure -> assertStatus(failure, Status.Code.INVALID_ARGUMENT));
      assertThatThrownBy(() ->
              agent.tryAttest(
                  AttestRequest.newBuilder().setChallengeAnswer(ByteString.EMPTY).build()))
          .satisfies(failure -> assertStatus(failure, Status.Code.INVALID_ARGUMENT));
    }
  }

  @Test
  void nothingElseIsAnsweredWithoutACertificate() {
    try (RawAgent agent = ca.agent()) {
      MachineGrpc.MachineBlockingStub stub = MachineGrpc.newBlockingStub(agent.stranger());

      assertThatThrownBy(() -> stub.issue(IssueRequest.getDefaultInstance()))
          .satisfies(failure -> assertStatus(failure, Status.Code.UNAUTHENTICATED));
    }
  }

  @Test
  void processGetsWhatTheRulesGive() throws Exception {
    try (RawAgent agent = ca.attested("beta")) {
      Grant grant = agent.issue(RawAgent.itemOf(1000).build()).getGrant();

      assertThat(grant.getCertificate().getSpiffeId()).isEqualTo("spiffe://test.alts/demo/web");
      assertThat(grant.getIdentities(0).getRule()).isEqualTo("web");
      SvidCertificate svid = svid(grant.getCertificate().getChain(0));
      assertThat(svid.attributes().orElseThrow().machine()).isEqualTo("beta");
      assertThat(svid.attributes().orElseThrow().boundary()).isEqualTo("rack-7");
      assertThat(svid.attributes().orElseThrow().mayDelegate()).isTrue();
      long life = grant.getCertificate().getNotAfter() - grant.getCertificate().getIssuedAt();
      assertThat(Duration.ofSeconds(life)).isLessThanOrEqualTo(Duration.ofHours(1));
      assertThat(grant.getCertificate().getRenewAt() - grant.getCertificate().getIssuedAt())
          .isBetween(life / 3, life * 2 / 3);
      assertThat(grant.getCertificate().getRenewJitterSeconds()).isPositive();
    }
  }

  @Test
  void resumptionKeysGoOverAHybridExchangeOnly() {
    try (RawAgent hybrid = ca.attested("gamma");
        RawAgent classical = hybrid.copy(ca).offering("X25519")) {
      Grant over = hybrid.issue(RawAgent.itemOf(1000).build()).getGrant();
      Grant without = classical.issue(RawAgent.itemOf(1000).build()).getGrant();

      assertThat(over.getResumptionKeysList()).isNotEmpty();
      assertThat(over.getResumptionKeys(0).getKey().size()).isEqualTo(32);
      assertThat(over.getResumptionKeys(0).getOpensUntil())
          .isEqualTo(over.getResumptionKeys(0).getSealsUntil() + 43_200);
      assertThat(without.hasCertificate()).isTrue();
      assertThat(without.getResumptionKeysList()).isEmpty();
    }
  }

  @Test
  void handedOutCertificateMayNotDelegateAndHasNoResumptionKeys() throws Exception {
    try (RawAgent agent = ca.attested("delta")) {
      Grant grant =
          agent.issue(RawAgent.itemOf(1000).setUse(CertificateUse.HANDED_OUT).build()).getGrant();

      assertThat(svid(grant.getCertificate().getChain(0)).attributes().orElseThrow().mayDelegate())
          .isFalse();
      assertThat(grant.getResumptionKeysList()).isEmpty();
    }
  }

  @Test
  void ruleMayClearTheBoundaryAndHostServicesUseTheMachinesIdentity() {
    try (RawAgent agent = ca.attested("epsilon")) {
      Grant free = agent.issue(RawAgent.itemOf(2000).build()).getGrant();
      Grant host = agent.issue(RawAgent.itemOf(0).build()).getGrant();

      assertThat(free.getCertificate().getBoundary()).isEmpty();
      assertThat(free.getIdentities(0).getHint()).isEqualTo("hint");
      assertThat(host.hasCertificate()).isFalse();
      assertThat(host.getMayUseMachineIdentity()).isTrue();
    }
  }

  @Test
  @Tag("abuse-51")
  void sameIdempotencyKeyGivesTheSameCertificate() {
    try (RawAgent agent = ca.attested("zeta")) {
      IssueItem item = RawAgent.itemOf(1000).build();

      Grant first = agent.issue(item).getGrant();
      Grant again = agent.issue(item).getGrant();

      assertThat(again.getCertificate().getChain(0)).isEqualTo(first.getCertificate().getChain(0));
    }
  }

  @Test
  void refusalSaysWhichConditionFailed() {
    try (RawAgent agent = ca.attested("eta")) {
      Refusal refusal = agent.issue(RawAgent.itemOf(7).build()).getRefusal();

      assertThat(refusal.getReason()).isEqualTo(Refusal.Reason.NO_RULE_MATCHES);
      assertThat(refusal.getExplanation()).contains("workload.unix.uid == ");
      assertThat(refusal.getRuleVersion()).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://test.alts/ca",
        "spiffe://test.alts/machine/other",
        "spiffe://test.alts/human/root",
        "spiffe://test.alts/demo/free",
        "spiffe://other.alts/demo/web",
        "spiffe://test.alts/demo/web/",
        "/demo/web"
      })
  @Tag("abuse-3")
  void machineCannotAskForAnIdentityThatItsFactsDoNotGive(String wanted) {
    try (RawAgent agent = ca.attested("theta")) {
      Refusal refusal = agent.issue(RawAgent.itemOf(1000).setSpiffeId(wanted).build()).getRefusal();

      assertThat(refusal.getReason()).isEqualTo(Refusal.Reason.IDENTITY_NOT_GRANTED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"machine.name", "machine.labels.env", "verified.k8s.ns", "uid", ""})
  @Tag("abuse-3")
  void agentCannotStateWhatOnlyTheCaKnows(String fact) {
    try (RawAgent agent = ca.attested("iota")) {
      IssueOutcome stated =
          agent.issue(
              RawAgent.itemOf(1000).addFacts(RawAgent.stated(fact).setStringValue("x")).build());
      IssueOutcome verified =
          agent.issue(
              RawAgent.itemOf(1000)
                  .addFacts(
                      RawAgent.stated(fact)
                          .setProvenance(Provenance.VERIFIED_BY_CA)
                          .setStringValue("x"))
                  .build());

      assertThat(stated.getRefusal().getReason()).isEqualTo(Refusal.Reason.BAD_REQUEST);
      assertThat(verified.getRefusal().getReason()).isEqualTo(Refusal.Reason.BAD_REQUEST);
    }
  }

  @Test
  @Tag("abuse-6")
  void factThatIsNoSegmentGivesNoIdentity() {
    try (RawAgent agent = ca.attested("kappa")) {
      IssueItem.Builder item = RawAgent.itemOf(7).addFacts(gid());
      Refusal refusal =
          agent
              .issue(
                  item.addFacts(RawAgent.stated("workload.unix.user").setStringValue("a/../ca"))
                      .build())
              .getRefusal();

      assertThat(refusal.getReason()).isEqualTo(Refusal.Reason.NO_RULE_MATCHES);
      assertThat(refusal.getExplanation()).contains("may not stand in a path segment");
    }
  }

  private static dev.alts.api.fact.v1.Fact.Builder gid() {
    return RawAgent.stated("workload.unix.gid").setIntValue(5);
  }

  @Test
  void factsOfAFailedAttestorDoNotCount() {
    try (RawAgent agent = ca.attested("lambda")) {
      Refusal refusal =
          agent
              .issue(
                  RawAgent.itemOf(1000)
                      .addUnavailable(UnavailableFacts.newBuilder().setAttestor("unix"))
                      .build())
              .getRefusal();

      assertThat(refusal.getReason()).isEqualTo(Refusal.Reason.NO_RULE_MATCHES);
    }
  }

  @Test
  @Tag("abuse-8")
  void unknownEnumValuesAreRefused() {
    try (RawAgent agent = ca.attested("mu")) {
      for (int use : new int[] {0, 3, 99, -1}) {
        assertThat(agent.issue(RawAgent.itemOf(1000).setUseValue(use).build()).getRefusal())
            .satisfies(
                refusal -> assertThat(refusal.getReason()).isEqualTo(Refusal.Reason.BAD_REQUEST));
      }
      assertThat(
              agent
                  .issue(
                      RawAgent.itemOf(7)
                          .addFacts(
                              RawAgent.stated("workload.unix.gid")
                                  .setIntValue(1)
                                  .setProvenanceValue(9))
                          .build())
                  .getRefusal()
                  .getReason())
          .isEqualTo(Refusal.Reason.BAD_REQUEST);
    }
  }

  @Test
  @Tag("abuse-13")
  @Tag("abuse-41")
  void oversizedRequestsAreRefused() {
    try (RawAgent agent = ca.attested("nu")) {
      MachineGrpc.MachineBlockingStub stub = MachineGrpc.newBlockingStub(agent.channel());
      IssueRequest many =
          IssueRequest.newBuilder()
              .addAllItems(java.util.Collections.nCopies(101, RawAgent.itemOf(1000).build()))
              .build();
      IssueItem huge =
          RawAgent.itemOf(1000).setPublicKey(ByteString.copyFrom(new byte[2 << 20])).build();
      IssueItem longKey =
          RawAgent.itemOf(1000).setPublicKey(ByteString.copyFrom(new byte[100_000])).build();

      assertThatThrownBy(() -> stub.issue(many))
          .satisfies(failure -> assertStatus(failure, Status.Code.INVALID_ARGUMENT));
      assertThatThrownBy(() -> stub.issue(IssueRequest.newBuilder().addItems(huge).build()))
          .satisfies(failure -> assertStatus(failure, Status.Code.RESOURCE_EXHAUSTED));
      assertThat(agent.issue(longKey).getRefusal().getReason())
          .isEqualTo(Refusal.Reason.BAD_PUBLIC_KEY);
    }
  }

  @Test
  void renewalGivesNewCertificatesOfTheSameMachine() throws Exception {
    try (RawAgent agent = ca.attested("xi")) {
      ByteString before = agent.credentials().getTls().getChain(0);
      agent.renew();

      assertThat(agent.credentials().getMachine()).isEqualTo("xi");
      assertThat(agent.credentials().getTls().getChain(0)).isNotEqualTo(before);
      assertThat(agent.issue(RawAgent.itemOf(1000).build()).hasGrant()).isTrue();
    }
  }

  @Test
  @Tag("abuse-9")
  void oldCertificateRenewsNothingOnceTheNewOneWasUsed() {
    try (RawAgent agent = ca.attested("omicron");
        RawAgent thief = agent.copy(ca)) {
      agent.renew();
      agent.issue(RawAgent.itemOf(1000).build());

      assertThatThrownBy(thief::renew)
          .satisfies(failure -> assertStatus(failure, Status.Code.FAILED_PRECONDITION));
    }
  }

  @Test
  void renewalWhoseAnswerWasLostCanBeRepeated() {
    try (RawAgent agent = ca.attested("pi")) {
      KeyPair next = EcdsaP256.best().generateKeyPair(new SecureRandom());

      MachineCredentials lost = agent.tryRenew(next, RawAgent.idempotencyKey());
      agent.renew();

      assertThat(lost.getMachine()).isEqualTo("pi");
      assertThat(agent.issue(RawAgent.itemOf(1000).build()).hasGrant()).isTrue();
    }
  }

  @Test
  @Tag("abuse-9")
  void certificateOfAnEarlierAttestationIsWorthNothing() {
    try (RawAgent before = ca.attested("rho");
        RawAgent after = ca.attested("rho")) {
      assertThatThrownBy(() -> before.issue(RawAgent.itemOf(1000).build()))
          .satisfies(failure -> assertStatus(failure, Status.Code.UNAUTHENTICATED));
      assertThat(after.issue(RawAgent.itemOf(1000).build()).hasGrant()).isTrue();
    }
  }

  @Test
  void bannedMachineGetsNothingOnItsOpenConnection() {
    try (RawAgent agent = ca.attested("sigma")) {
      MachineGrpc.MachineBlockingStub stub = MachineGrpc.newBlockingStub(agent.channel());
      stub.issue(IssueRequest.newBuilder().addItems(RawAgent.itemOf(1000)).build());

      ca.bean(MachineRegistry.class).ban(new MachineName("sigma"), "stolen");

      assertThatThrownBy(
              () -> stub.issue(IssueRequest.newBuilder().addItems(RawAgent.itemOf(1000)).build()))
          .satisfies(failure -> assertStatus(failure, Status.Code.PERMISSION_DENIED));
      assertThatThrownBy(() -> ca.attested("sigma"))
          .satisfies(failure -> assertStatus(failure, Status.Code.PERMISSION_DENIED));
    }
  }

  @Test
  void masterIsNoTlsCertificate() {
    assertThat(
            ca.bean(MachineRegistry.class).list(Optional.empty(), 1000).stream()
                .flatMap(machine -> machine.certificates().stream())
                .filter(certificate -> certificate.mayDelegate())
                .map(certificate ->
                    ca.bean(MachineRegistry.class).authenticate(certificate.sha256())))
        .allMatch(
            result -> result instanceof dev.alts.ca.attestation.MachineAuthentication.Unknown);
  }

  private static SvidCertificate svid(ByteString der) throws Exception {
    return SvidCertificate.parse(Bytes.copyOf(der.toByteArray()));
  }

  static void assertStatus(Throwable failure, Status.Code code) {
    assertThat(failure).isInstanceOf(StatusRuntimeException.class);
    assertThat(((StatusRuntimeException) failure).getStatus().getCode())
        .as(failure.getMessage())
        .isEqualTo(code);
  }
}
