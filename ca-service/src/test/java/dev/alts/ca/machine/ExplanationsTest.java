package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.machine.v1.Grant;
import dev.alts.ca.attestation.CreatedJoinToken;
import dev.alts.ca.attestation.JoinTokens;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.machine.Explanations.Outcome;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleReach;
import dev.alts.ca.policy.RuleVerdict;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactSet;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
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
        explained(
            ca.bean(Explanations.class)
                .certificate(
                    new RevocationId(grant.getCertificate().getRevocationId()),
                    Instant.now(),
                    version));
    Outcome.Explained now =
        explained(
            ca.bean(Explanations.class)
                .certificate(
                    new RevocationId(grant.getCertificate().getRevocationId()),
                    Instant.now().plusSeconds(60)));

    assertThat(then.decision()).isInstanceOf(PolicyDecision.Granted.class);
    assertThat(then.version().version()).isEqualTo(version);
    assertThat(provenance(then, "machine.labels.env")).isEqualTo(Provenance.VERIFIED_BY_CA);
    assertThat(provenance(then, "workload.unix.uid")).isEqualTo(Provenance.STATED_BY_AGENT);
    assertThat(now.decision()).isInstanceOf(PolicyDecision.Refused.class);
  }

  @Test
  void requestThatNobodyMadeNamesTheFirstConditionThatFails() {
    Outcome.Explained explained =
        explained(
            ca.bean(Explanations.class)
                .request(new MachineName("prod-1"), uid(7), Instant.now().plusSeconds(60)));

    assertThat(explained.decision().verdicts())
        .containsExactly(
            new RuleVerdict.Fails("web", "workload.unix.uid == 1000", "is false", 1, 2));
  }

  @Test
  void beforeTheFirstRuleThereWasNothingAndTheMachinesPastIsNotInvented() {
    Outcome.Explained explained =
        explained(
            ca.bean(Explanations.class)
                .request(new MachineName("prod-1"), uid(1000), Instant.EPOCH.plusSeconds(1)));

    assertThat(explained.version().version()).isZero();
    assertThat(explained.decision()).isInstanceOf(PolicyDecision.Refused.class);
    assertThat(explained.caveats()).singleElement().asString().contains("is not kept");
  }

  @Test
  void refusalIsKeptAndExplainedByTheVersionThatRefused() {
    dev.issue(RawAgent.itemOf(4242).build());
    Refusals.Kept kept = ca.bean(Refusals.class).list("dev-1", Long.MAX_VALUE, 1).getFirst();
    long version = ca.bean(IdentityRules.class).inForce().version();
    ca.apply(
        RuleDraft.of(
            "web", "machine.labels.env == 'dev' && workload.unix.uid == 4242", "/d/web", "1h"));

    Outcome.Explained then = explained(ca.bean(Explanations.class).refusal(kept));
    Outcome.Explained now =
        explained(ca.bean(Explanations.class).refusal(kept, Instant.now().plusSeconds(60)));

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
            explained(ca.bean(Explanations.class).refusal(kept.getFirst()))
                .facts()
                .value("workload.unix.uid"))
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

  private static FactSet uid(long uid) {
    return FactSet.of(
        List.of(
            new Fact(
                "workload.unix.uid",
                new FactValue.Number(uid),
                Provenance.STATED_BY_AGENT,
                "unix")));
  }

  private static Provenance provenance(Outcome.Explained explained, String fact) {
    return Objects.requireNonNull(explained.facts().facts().get(fact)).provenance();
  }

  private static Outcome.Explained explained(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Explained.class);
    return (Outcome.Explained) outcome;
  }
}
