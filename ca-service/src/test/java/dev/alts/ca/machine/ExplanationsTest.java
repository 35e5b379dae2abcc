package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.Grant;
import dev.alts.ca.attestation.CreatedJoinToken;
import dev.alts.ca.attestation.JoinTokens;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.grants.PastGrants;
import dev.alts.ca.issuance.IssuedCertificates;
import dev.alts.ca.issuance.RecordedCertificate;
import dev.alts.ca.machine.Explanations.Outcome;
import dev.alts.ca.naming.NamingPolicies;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleReach;
import dev.alts.ca.policy.RuleVerdict;
import dev.alts.ca.revocation.ReasonCode;
import dev.alts.ca.revocation.RevocationRequest;
import dev.alts.ca.revocation.RevocationService;
import dev.alts.ca.revocation.RevocationTarget;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.NamingEntry;
import dev.alts.identity.document.NamingMode;
import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactSet;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
import java.math.BigInteger;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The worked example of docs/operate/rules.md: one rule, one service, two environments. */
class ExplanationsTest {
  private static final RuleDraft BY_ENVIRONMENT =
      RuleDraft.of(
          "web",
          "machine.labels.env in ['prod', 'dev'] && workload.unix.uid == 1000",
          "/{machine.labels.env}/web",
          "1h");

  private static MachineCa ca;
  private static RawAgent prod;
  private static RawAgent dev;

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
    prod = attested("prod-1", "prod");
    dev = attested("dev-1", "dev");
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @BeforeEach
  void apply() {
    ca.apply(BY_ENVIRONMENT);
  }

  @Test
  @Tag("abuse-3")
  void prodAndDevOfOneServiceAreTwoIdentitiesAndNoMachineReachesTheOther() {
    assertThat(identity(prod)).isEqualTo("spiffe://test.alts/prod/web");
    assertThat(identity(dev)).isEqualTo("spiffe://test.alts/dev/web");
    assertThat(
            dev.issue(RawAgent.itemOf(1000).setSpiffeId("spiffe://test.alts/prod/web").build())
                .hasRefusal())
        .isTrue();
    assertThat(ca.bean(BlastRadius.class).of(new MachineName("dev-1")).orElseThrow().rules())
        .singleElement()
        .isInstanceOfSatisfying(
            RuleReach.Possible.class,
            reach -> assertThat(reach.pattern()).isEqualTo("spiffe://test.alts/dev/web"));
  }

  @Test
  void certificateIsExplainedByItsFactsWithTheirProvenanceAndByTheVersionThatGaveIt() {
    Grant grant = prod.issue(RawAgent.itemOf(1000).build()).getGrant();
    long version = ca.bean(IdentityRules.class).inForce().version();
    RuleDraft later = RuleDraft.of("other", "machine.name == 'nobody'", "/x", "1h");
    ca.apply(later);

    Outcome.Explained then =
        explained(explanations().certificate(recorded(grant), version, Instant.now()));
    Outcome.Explained now = explained(explanations().certificate(recorded(grant), soon()));

    assertThat(then.decision()).isInstanceOf(PolicyDecision.Granted.class);
    assertThat(then.version().version()).isEqualTo(version);
    assertThat(provenance(then, "machine.labels.env")).isEqualTo(Provenance.VERIFIED_BY_CA);
    assertThat(provenance(then, "workload.unix.uid")).isEqualTo(Provenance.STATED_BY_AGENT);
    assertThat(then.circumstances())
        .filteredOn(each -> each.about().equals("identity"))
        .singleElement()
        .satisfies(held -> assertThat(held.text()).contains("/prod/web that are live:"));
    assertThat(now.decision()).isInstanceOf(PolicyDecision.Refused.class);
  }

  @Test
  void certificateThatExpiredIsExplainedByWhatWasKeptOfItsFacts() {
    Grant grant = prod.issue(RawAgent.itemOf(1000).build()).getGrant();
    long version = ca.bean(IdentityRules.class).inForce().version();
    ca.jdbc()
        .update(
            "UPDATE live_grant SET not_after = clock_timestamp() - interval '1 hour'"
                + " WHERE revocation_id = ?",
            grant.getCertificate().getRevocationId());
    ca.jdbc().update("DELETE FROM past_grant");
    ca.bean(PastGrants.class).takeOverExpired();
    // The statement lasted as long as the certificate; only this test moved its end.
    ca.jdbc().update("UPDATE past_grant SET last_expiry = clock_timestamp() + interval '1 day'");

    Outcome.Explained explained =
        explained(explanations().certificate(recorded(grant), version, Instant.now()));

    assertThat(ca.count("SELECT count(*) FROM past_grant")).isEqualTo(1);
    assertThat(explained.facts().value("workload.unix.uid"))
        .isEqualTo(Optional.of(new FactValue.Number(1000)));
    assertThat(explained.decision()).isInstanceOf(PolicyDecision.Granted.class);

    ca.bean(PastGrants.class).forgetOld(Duration.ofDays(-2));
    assertThat(explanations().certificate(recorded(grant), version, Instant.now()))
        .isInstanceOf(Outcome.Forgotten.class);
  }

  @Test
  void machineIsExplainedAsItWasAtTheTimeAskedAboutAndNotAsItIsNow() {
    RawAgent first = attested("moved", "dev");
    Instant asDev = now();
    first.issue(RawAgent.itemOf(1000).build());
    attested("moved", "prod");

    Outcome.Explained then =
        explained(explanations().request(new MachineName("moved"), uid(1000), asDev));
    Outcome.Explained now =
        explained(explanations().request(new MachineName("moved"), uid(1000), soon()));

    assertThat(then.facts().value("machine.labels.env"))
        .isEqualTo(Optional.of(new FactValue.Text("dev")));
    assertThat(then.attested()).isBeforeOrEqualTo(asDev);
    assertThat(granted(then)).containsExactly("spiffe://test.alts/dev/web");
    assertThat(granted(now)).containsExactly("spiffe://test.alts/prod/web");
  }

  @Test
  void bansHoldInExplanationsForExactlyTheTimeInWhichTheyHeld() {
    MachineName name = new MachineName("naughty");
    SpiffeId identity = SpiffeId.parse("spiffe://test.alts/prod/web");
    attested("naughty", "prod");
    Instant before = now();
    ca.bean(MachineRegistry.class).ban(name, "stolen");
    Instant banned = now();
    ca.bean(MachineRegistry.class).unban(name);
    Instant after = now();
    revoke(new RevocationTarget.Subject(identity), true, "key on a wiki");
    Instant identityBanned = now();
    ca.bean(RevocationService.class).unban(identity, "test", "new key");

    assertThat(obstacles(name, before)).isEmpty();
    assertThat(obstacles(name, banned)).containsExactly("machine naughty is banned: stolen");
    assertThat(obstacles(name, after)).isEmpty();
    assertThat(obstacles(name, identityBanned))
        .containsExactly("spiffe://test.alts/prod/web is banned: key on a wiki");
    assertThat(obstacles(name, soon())).isEmpty();
  }

  @Test
  void revokedCertificateIsRevokedFromThatTimeOnAndSaysByWhomAndWhy() {
    RecordedCertificate certificate = recorded(dev.issue(RawAgent.itemOf(1000).build()).getGrant());
    Instant before = now();
    revoke(new RevocationTarget.Certificate(certificate.revocationId()), false, "leaked");

    Outcome.Explained then = explained(explanations().certificate(certificate, before));
    Outcome.Explained now = explained(explanations().certificate(certificate, soon()));

    assertThat(obstacles(then)).isEmpty();
    assertThat(obstacles(now))
        .containsExactly("the certificate is revoked as a certificate, by test: leaked");
    assertThat(obstacles(explained(explanations().certificate(certificate, Instant.EPOCH))))
        .anyMatch(text -> text.equals("the certificate is not issued yet"));
  }

  @Test
  void lastRequestOfAProcessIsFoundByPartOfItsFactsWhetherItWasGrantedOrRefused() {
    prod.issue(
        RawAgent.itemOf(1000)
            .addFacts(RawAgent.stated("workload.unix.path").setStringValue("/usr/bin/web"))
            .build());
    prod.issue(RawAgent.itemOf(77).setSpiffeId("spiffe://test.alts/prod/other").build());

    Outcome.Explained granted =
        explained(
            explanations()
                .lastRequest(new MachineName("prod-1"), path("/usr/bin/web"), soon())
                .orElseThrow());
    Outcome.Explained refused =
        explained(
            explanations().lastRequest(new MachineName("prod-1"), uid(77), soon()).orElseThrow());

    assertThat(granted.facts().value("workload.unix.uid"))
        .isEqualTo(Optional.of(new FactValue.Number(1000)));
    assertThat(granted(granted)).containsExactly("spiffe://test.alts/prod/web");
    assertThat(refused.decision()).isInstanceOf(PolicyDecision.Refused.class);
    assertThat(explanations().lastRequest(new MachineName("prod-1"), uid(123456), soon()))
        .isEmpty();
  }

  @Test
  void identityThatWasAskedForAndIsNotGivenStandsInTheWayAlthoughARuleMatches() {
    prod.issue(RawAgent.itemOf(1000).setSpiffeId("spiffe://test.alts/prod/admin").build());
    Refusals.Kept kept = ca.bean(Refusals.class).list("prod-1", Long.MAX_VALUE, 1).getFirst();

    assertThat(kept.reason()).isEqualTo("IDENTITY_NOT_GRANTED");
    assertThat(obstacles(explained(explanations().refusal(kept))))
        .containsExactly("asked for spiffe://test.alts/prod/admin, which the facts do not give");
  }

  @Test
  void callIsExplainedByWhatTheCaKnowsAndWhatOnlyTheServerKnowsIsSaid() {
    prod.issue(RawAgent.itemOf(1000).build());
    SpiffeId web = SpiffeId.parse("spiffe://test.alts/prod/web");
    SpiffeId nobody = SpiffeId.parse("spiffe://test.alts/prod/nobody");

    assertThat(call(web, web, "web.example:443")).isEmpty();
    assertThat(call(nobody, web, ""))
        .singleElement()
        .asString()
        .contains("prod/nobody holds no certificate that is live");
    assertThat(call(SpiffeId.parse("spiffe://elsewhere/x"), web, ""))
        .singleElement()
        .asString()
        .contains("not ours and in no policy");
    ca.bean(NamingPolicies.class)
        .apply(
            NamingMode.STRICT,
            List.of(
                new NamingEntry(
                    "pay.example", List.of("spiffe://test.alts/prod/payments"), "operator")),
            "test",
            "test");
    assertThat(call(web, web, "pay.example"))
        .singleElement()
        .asString()
        .contains("not among those that may answer for pay.example");
    assertThat(
            ca.bean(CallExplanations.class)
                .explain(new CallExplanations.Call(web, web, "", soon())))
        .anySatisfy(each -> assertThat(each.text()).contains("own PeerAuthorizer"));
  }

  @Test
  void requestThatNobodyMadeNamesTheFirstConditionThatFails() {
    Outcome.Explained explained =
        explained(explanations().request(new MachineName("prod-1"), uid(7), soon()));

    assertThat(explained.decision().verdicts())
        .containsExactly(
            new RuleVerdict.Fails("web", "workload.unix.uid == 1000", "is false", 1, 2));
  }

  @Test
  void beforeTheFirstRuleThereWasNothingAndTheMachinesPastIsNotInvented() {
    Outcome.Explained explained =
        explained(
            explanations()
                .request(new MachineName("prod-1"), uid(1000), Instant.EPOCH.plusSeconds(1)));

    assertThat(explained.version().version()).isZero();
    assertThat(explained.decision()).isInstanceOf(PolicyDecision.Refused.class);
    assertThat(obstacles(explained))
        .singleElement()
        .asString()
        .contains("has not attested yet, as far as is known");
  }

  @Test
  void refusalIsKeptAndExplainedByTheVersionThatRefused() {
    dev.issue(RawAgent.itemOf(4242).build());
    Refusals.Kept kept = ca.bean(Refusals.class).list("dev-1", Long.MAX_VALUE, 1).getFirst();
    long version = ca.bean(IdentityRules.class).inForce().version();
    ca.apply(
        RuleDraft.of(
            "web", "machine.labels.env == 'dev' && workload.unix.uid == 4242", "/d/web", "1h"));

    Outcome.Explained then = explained(explanations().refusal(kept));
    Outcome.Explained now = explained(explanations().refusal(kept, soon()));

    assertThat(kept.reason()).isEqualTo("NO_RULE_MATCHES");
    assertThat(then.version().version()).isEqualTo(version);
    assertThat(then.decision()).isInstanceOf(PolicyDecision.Refused.class);
    assertThat(then.facts().value("workload.unix.uid"))
        .isEqualTo(Optional.of(new FactValue.Number(4242)));
    assertThat(now.decision()).isInstanceOf(PolicyDecision.Granted.class);
  }

  @Test
  @Tag("abuse-41")
  void machineThatAsksForeverFillsNothingAndPushesOutNobodyElsesRefusals() {
    prod.issue(RawAgent.itemOf(5).build());
    for (int i = 0; i < Refusals.PER_MACHINE + 5; i++) {
      dev.issue(RawAgent.itemOf(10_000 + i).build());
    }

    List<Refusals.Kept> kept = ca.bean(Refusals.class).list("dev-1", Long.MAX_VALUE, 1000);

    assertThat(kept).hasSize(Refusals.PER_MACHINE);
    assertThat(
            explained(explanations().refusal(kept.getFirst())).facts().value("workload.unix.uid"))
        .isEqualTo(Optional.of(new FactValue.Number(10_000 + Refusals.PER_MACHINE + 4)));
    assertThat(ca.bean(Refusals.class).list("prod-1", Long.MAX_VALUE, 10)).isNotEmpty();
  }

  private static RawAgent attested(String machine, String environment) {
    RawAgent agent = ca.agent();
    try (CreatedJoinToken created =
        ca.bean(JoinTokens.class)
            .create(
                Optional.of(new MachineName(machine)),
                new MachineProperties("", Map.of("env", environment)),
                "test")) {
      agent.attest(Bytes.copyOf(created.token().secret().exposeCopy()));
    }
    return agent;
  }

  private static String identity(RawAgent agent) {
    return agent.issue(RawAgent.itemOf(1000).build()).getGrant().getIdentities(0).getSpiffeId();
  }

  private static Explanations explanations() {
    return ca.bean(Explanations.class);
  }

  /** Behind everything that has happened, by whichever clock. */
  private static Instant soon() {
    return Instant.now().plusSeconds(60);
  }

  private static Instant now() {
    return Objects.requireNonNull(
            ca.jdbc().queryForObject("SELECT clock_timestamp()", Timestamp.class))
        .toInstant();
  }

  private static RecordedCertificate recorded(Grant grant) {
    try {
      BigInteger serial =
          ((X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(grant.getCertificate().getChain(0).newInput()))
              .getSerialNumber();
      return ca.bean(IssuedCertificates.class).find(serial.toString(16)).orElseThrow();
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  private static void revoke(RevocationTarget target, boolean ban, String reason) {
    var _ =
        ca.bean(RevocationService.class)
            .revoke(new RevocationRequest(target, ban, ReasonCode.UNSPECIFIED, "test", reason));
  }

  private static List<String> obstacles(MachineName machine, Instant at) {
    return obstacles(explained(explanations().request(machine, uid(1000), at)));
  }

  private static List<String> obstacles(Outcome.Explained explained) {
    return obstacles(explained.circumstances());
  }

  private static List<String> obstacles(List<Circumstance> circumstances) {
    return circumstances.stream().filter(Circumstance::inTheWay).map(Circumstance::text).toList();
  }

  private static List<String> call(SpiffeId client, SpiffeId server, String target) {
    return obstacles(
        ca.bean(CallExplanations.class)
            .explain(new CallExplanations.Call(client, server, target, soon().minusSeconds(59))));
  }

  private static List<String> granted(Outcome.Explained explained) {
    return switch (explained.decision()) {
      case PolicyDecision.Granted granted ->
          granted.identities().stream().map(each -> each.spiffeId().toString()).toList();
      case PolicyDecision.Refused _ -> List.of();
    };
  }

  private static FactSet uid(long uid) {
    return stated("workload.unix.uid", new FactValue.Number(uid));
  }

  private static FactSet path(String path) {
    return stated("workload.unix.path", new FactValue.Text(path));
  }

  private static FactSet stated(String name, FactValue value) {
    return FactSet.of(List.of(new Fact(name, value, Provenance.STATED_BY_AGENT, "unix")));
  }

  private static Provenance provenance(Outcome.Explained explained, String fact) {
    return Objects.requireNonNull(explained.facts().facts().get(fact)).provenance();
  }

  private static Outcome.Explained explained(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Explained.class);
    return (Outcome.Explained) outcome;
  }
}
