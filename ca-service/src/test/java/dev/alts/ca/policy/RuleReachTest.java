package dev.alts.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.identity.SpiffeId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuleReachTest {
  private static final SpiffeId MACHINE = SpiffeId.parse("spiffe://demo.alts/machine/m1");

  private static final Map<String, Object> VOUCHED =
      Map.of("machine.name", "m1", "machine.boundary", "", "machine.labels.env", "dev");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          machine.name == "m1"; true
          machine.name == "m2"; false
          machine.name == "m1" && workload.unix.uid == 0; true
          machine.name == "m2" && workload.unix.uid == 0; false
          machine.name == "m2" || workload.unix.uid == 0; true
          machine.name == "m2" || machine.labels.env == "prod"; false
          !(machine.name == "m1"); false
          !(machine.name == "m2"); true
          !(machine.name == "m1" || workload.unix.uid == 0); false
          !(machine.name == "m1" && workload.unix.uid == 0); true
          machine.name == workload.unix.user; true
          machine.labels.other == "x"; false
          !(machine.labels.other == "x"); false
          machine.labels.other == "x" || machine.name == "m1"; true
          machine.name == "m1" && workload.unix.gids.exists(g, g == 11); true
          machine.name == "m2" ? workload.unix.uid == 0 : machine.name == "m1"; true
          """)
  @Tag("abuse-3")
  void ruleIsWithinReachUnlessTheCasOwnFactsRuleItOut(String when, boolean expected)
      throws InvalidRulesException {
    RuleDraft draft = new RuleDraft("r", when, "/a", false, "1h", "", 0, false, true);

    assertThat(reach(draft)).as(when).matches(r -> r instanceof RuleReach.Possible == expected);
  }

  @Test
  void factsOfTheMachineAreFilledInAndThoseOfTheAgentStayOpen() throws Exception {
    RuleDraft draft =
        RuleDraft.of(
            "r",
            "machine.name == 'm1' && workload.unix.uid >= 1000",
            "/{machine.labels.env}/u-{workload.unix.user}/web",
            "1h");

    assertThat(reach(draft))
        .isEqualTo(
            new RuleReach.Possible(
                "r",
                "spiffe://demo.alts/dev/u-{workload.unix.user}/web",
                Set.of("workload.unix.user"),
                List.of("workload.unix.uid >= 1000")));
  }

  @Test
  void alternativesAreTheAgentsChoice() throws Exception {
    RuleDraft draft =
        RuleDraft.of(
            "r",
            "machine.name == 'm1' && (workload.unix.uid == 1 || workload.unix.gid == 2)",
            "/a",
            "1h");

    assertThat(((RuleReach.Possible) reach(draft)).assumptions())
        .containsExactly("workload.unix.uid == 1 || workload.unix.gid == 2");
  }

  @Test
  void identityThatNeedsALabelWhichTheMachineHasNotIsOutOfReach() throws Exception {
    RuleDraft draft = RuleDraft.of("r", "machine.name == 'm1'", "/{machine.labels.zone}/a", "1h");

    assertThat(((RuleReach.Impossible) reach(draft)).why()).contains("machine.labels.zone");
  }

  @Test
  void templateWhoseMachineFactMakesAReservedSegmentIsOutOfReach() throws Exception {
    RuleDraft draft = RuleDraft.of("r", "machine.name == 'm1'", "/{machine.labels.env}/a", "1h");

    RuleReach reach =
        RuleSet.compile(1, List.of(draft), PolicyLimits.DEFAULT)
            .reach(
                MACHINE, FactBindings.of(Map.of("machine.name", "m1", "machine.labels.env", "ca")))
            .getFirst();

    assertThat(((RuleReach.Impossible) reach).why()).contains("reserved");
  }

  private static RuleReach reach(RuleDraft draft) throws InvalidRulesException {
    return RuleSet.compile(1, List.of(draft), PolicyLimits.DEFAULT)
        .reach(MACHINE, FactBindings.of(VOUCHED))
        .getFirst();
  }
}
