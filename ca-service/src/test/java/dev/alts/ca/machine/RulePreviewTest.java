package dev.alts.ca.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.machine.RulePreview.Effect;
import dev.alts.ca.machine.RulePreview.Line;
import dev.alts.ca.machine.RulePreview.Report;
import dev.alts.ca.policy.IdentityRules;
import dev.alts.ca.policy.InvalidRulesException;
import dev.alts.ca.policy.RuleDraft;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RulePreviewTest {
  private static final RuleDraft OTHER_TERMS =
      RuleDraft.of(MachineCa.WEB.name(), MachineCa.WEB.when(), "/demo/web", "10m");

  private static MachineCa ca;

  @BeforeAll
  static void start() {
    ca = MachineCa.start();
    ca.apply(MachineCa.WEB, MachineCa.NEXT);
    for (String machine : List.of("p1", "p2")) {
      RawAgent agent = ca.attested(machine);
      agent.issue(RawAgent.itemOf(1000).build());
      agent.issue(RawAgent.itemOf(3000).build());
    }
  }

  @AfterAll
  static void stop() {
    ca.close();
  }

  @Test
  void sameRulesChangeNothing() {
    Report report = preview(10, MachineCa.WEB, MachineCa.NEXT);

    assertThat(report.lines()).isEmpty();
    assertThat(report.certificates()).isEqualTo(4);
    assertThat(report.identities())
        .isEqualTo(
            Map.of(Effect.KEPT, 4L, Effect.WITHDRAWN, 0L, Effect.CHANGED, 0L, Effect.ADDED, 0L));
  }

  @Test
  void everyIdentityThatFallsIsNamedWithItsMachineAndTheConditionThatFails() {
    RuleDraft onlyFirst =
        RuleDraft.of(
            "next", "machine.name == 'p1' && workload.unix.uid == 3000", "/demo/next", "1h");

    Report report = preview(10, MachineCa.WEB, onlyFirst);

    assertThat(report.identities()).containsEntry(Effect.WITHDRAWN, 1L);
    assertThat(report.lines())
        .singleElement()
        .isEqualTo(
            new Line(
                Effect.WITHDRAWN,
                "p2",
                "spiffe://test.alts/demo/next",
                "next",
                report.lines().getFirst().why(),
                1));
    assertThat(report.lines().getFirst().why()).contains("machine.name == \"p1\" is false");
  }

  @Test
  void otherTermsAreAChangeAndMoreNamesAreAddedToThoseWhoHoldOne() {
    RuleDraft second =
        RuleDraft.of(
            "second", "machine.labels.env == 'prod' && workload.unix.uid == 3000", "/x/b", "1h");

    Report report = preview(10, OTHER_TERMS, MachineCa.NEXT, second);

    assertThat(report.identities())
        .isEqualTo(
            Map.of(Effect.KEPT, 2L, Effect.WITHDRAWN, 0L, Effect.CHANGED, 2L, Effect.ADDED, 2L));
    assertThat(report.lines())
        .filteredOn(line -> line.effect() == Effect.CHANGED)
        .allSatisfy(line -> assertThat(line.why()).isEqualTo("ttl PT10M instead of PT1H"));
    assertThat(report.lines())
        .filteredOn(line -> line.effect() == Effect.ADDED)
        .extracting(Line::spiffeId)
        .containsOnly("spiffe://test.alts/x/b");
  }

  @Test
  void countsAreCompleteWhereTheNamesAreCutShort() {
    Report report = preview(1, MachineCa.WEB);

    assertThat(report.identities()).containsEntry(Effect.WITHDRAWN, 2L);
    assertThat(report.lines()).hasSize(1);
  }

  @Test
  void factThatNobodyGatheredYetIsToldApartFromOneThatDoesNotHold() {
    RuleDraft byPath =
        RuleDraft.of(
            "web",
            "machine.labels.env == 'prod' && workload.unix.sha256 == 'aa'",
            "/demo/web",
            "1h");

    Report report = preview(10, byPath, MachineCa.NEXT);

    assertThat(report.newFacts()).containsExactly("workload.unix.sha256");
    assertThat(report.lines().getFirst().why()).contains("missing [workload.unix.sha256]");
  }

  /** The preview is worth what the review does: the same judge, on the same grants. */
  @Test
  void rulesInForceAndWhatMachinesHoldStayAsTheyWere() {
    long version = ca.bean(IdentityRules.class).inForce().version();

    preview(10, OTHER_TERMS);

    assertThat(ca.bean(IdentityRules.class).inForce().version()).isEqualTo(version);
    assertThat(ca.count("SELECT count(*) FROM live_grant WHERE rule_version <> " + version))
        .isZero();
  }

  private static Report preview(int limit, RuleDraft... rules) {
    try {
      return ca.bean(RulePreview.class)
          .preview(ca.bean(IdentityRules.class).propose(List.of(rules)), limit)
          .orElseThrow();
    } catch (InvalidRulesException e) {
      throw new AssertionError(e);
    }
  }
}
