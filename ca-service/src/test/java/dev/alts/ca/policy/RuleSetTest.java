package dev.alts.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.SpiffeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RuleSetTest {
  private static final SpiffeId MACHINE = SpiffeId.parse("spiffe://demo.alts/machine/m1");

  private static final Map<String, Object> FACTS =
      Map.of(
          "machine.name", "m1",
          "machine.boundary", "rack-7",
          "machine.attestor", "join-token",
          "machine.labels.env", "prod",
          "machine.labels.zone-a", "yes",
          "workload.unix.uid", 1000L,
          "workload.unix.gids", List.of(10L, 27L),
          "workload.unix.path", "/usr/bin/web");

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          machine.labels.env == "prod"; true
          machine.labels.env == "dev"; false
          machine.labels["zone-a"] == "yes"; true
          machine.name == "m1" && workload.unix.uid == 1000; true
          machine.name == "m1" && workload.unix.uid == 1001; false
          machine.name == "m1" && 27 in workload.unix.gids; true
          machine.name == "m1" && workload.unix.gids.exists(g, g == 11); false
          machine.name.startsWith("m") && workload.unix.path.endsWith("/web"); true
          machine.name.matches("m[0-9]"); true
          machine.name in ["m1", "m2"]; true
          has(machine.labels.env); true
          has(machine.labels.other); false
          machine.labels.other == "x"; false
          machine.labels.other != "x"; false
          !(machine.labels.other == "x"); false
          machine.name == "m1" && workload.unix.sha256 != "x"; false
          machine.name == "m1" && !(workload.unix.sha256 == "x"); false
          machine.name == "m1" && (workload.unix.sha256 == "x" || workload.unix.uid == 1000); true
          """)
  void conditionHoldsOnlyIfItIsPlainlyTrue(String when, boolean expected)
      throws InvalidRulesException {
    RuleSet rules = compile(RuleDraft.of("r", when, "/a", "1h"));

    assertThat(decide(rules, FACTS) instanceof PolicyDecision.Granted).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "workload.unix.uid == 0",
        "true",
        "machine.name == 'm' || workload.unix.uid == 0",
        "!(machine.name == 'm' && workload.unix.uid == 0)",
        "machine.name == workload.unix.user",
        "machine.labels[workload.unix.user] == 'x'",
        "workload.unix.uid == 0 ? machine.name == 'm' : workload.unix.gid == 0"
      })
  void conditionThatCanHoldByTheAgentsWordAloneIsRefused(String when) throws Exception {
    assertThatThrownBy(() -> compile(RuleDraft.of("r", when, "/a", "1h")))
        .hasMessageContaining("by an agent's word alone");

    RuleDraft allowed = new RuleDraft("r", when, "/a", false, "1h", "", 0, false, true);
    assertThat(compile(allowed).rules()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "machine.name == 1",
        "machine.nme == 'm'",
        "workload.unix.uid == 'root'",
        "machine.name",
        "machine.name == 'm' &&",
        "machine.name.matches(machine.boundary)",
        "machine.name.map(c, c) == []",
        "workload.unix.gids.exists(a, workload.unix.gids.exists(b, a == b)) && machine.name == 'm'",
        "timestamp('2026-01-01T00:00:00Z') < timestamp('2026-01-01T00:00:00Z')",
        "java.lang.System.exit(1)",
        "machine.name.getClass() == ''",
        "machine.name + 'x' == 'mx'"
      })
  @Tag("abuse-7")
  void whatIsNotABoundedComparisonOfFactsIsRefused(String when) {
    assertThatThrownBy(() -> compile(RuleDraft.of("r", when, "/a", "1h")))
        .isInstanceOf(InvalidRulesException.class)
        .hasMessageContaining("when:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n"})
  @Tag("abuse-10")
  void emptyConditionIsRefusedAndNeverMatchesEverybody(String when) {
    assertThatThrownBy(() -> compile(RuleDraft.of("r", when, "/a", "1h")))
        .isInstanceOf(InvalidRulesException.class);
  }

  @Test
  void hugeAndDeepConditionsAreRefused() {
    String wide = "machine.name == 'm'" + " && machine.name == 'm'".repeat(500);
    String deep = "(".repeat(100) + "machine.name == 'm'" + ")".repeat(100);

    assertThatThrownBy(() -> compile(RuleDraft.of("r", wide, "/a", "1h")))
        .isInstanceOf(InvalidRulesException.class);
    assertThatThrownBy(() -> compile(RuleDraft.of("r", deep, "/a", "1h")))
        .isInstanceOf(InvalidRulesException.class);
  }

  @Test
  @Tag("abuse-7")
  void metacharactersOfAFactMatchLiterally() throws Exception {
    RuleSet rules = compile(RuleDraft.of("r", "machine.name == 'm.1'", "/a", "1h"));

    assertThat(decide(rules, Map.of("machine.name", "mx1")))
        .isInstanceOf(PolicyDecision.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "-1h", "9223372036854775807s", "25h", "1", "", "1h ", "1d", "h"})
  @Tag("abuse-15")
  void lifetimeOutsideTheLimitsIsRefused(String ttl) {
    assertThatThrownBy(() -> compile(RuleDraft.of("r", "machine.name == 'm'", "/a", ttl)))
        .isInstanceOf(InvalidRulesException.class)
        .hasMessageContaining("ttl");
  }

  @Test
  void identitiesComeByPriorityThenName() throws Exception {
    RuleSet rules =
        compile(
            rule("b", "/b", 0), rule("z-first", "/z", -1), rule("a", "/a", 0), rule("c", "/b", 5));

    PolicyDecision.Granted granted = (PolicyDecision.Granted) decide(rules, FACTS);

    assertThat(granted.identities().stream().map(GrantedIdentity::rule))
        .containsExactly("z-first", "a", "b");
    assertThat(granted.identities().getFirst().ttl()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void refusalNamesTheNearestRuleAndItsFirstConditionThatFailed() throws Exception {
    RuleSet rules =
        compile(
            RuleDraft.of("far", "machine.name == 'x' && workload.unix.uid == 5", "/far", "1h"),
            RuleDraft.of(
                "near",
                "machine.labels.env == 'prod' && workload.unix.uid == 5 && workload.unix.gid == 1",
                "/near",
                "1h"));

    PolicyDecision.Refused refused =
        (PolicyDecision.Refused) decide(rules, with("workload.unix.gid", 1L));

    assertThat(refused.explanation())
        .startsWith("no rule matches; nearest: rule \"near\": workload.unix.uid == 5 is false");
  }

  @Test
  void refusalNamesTheFactThatIsMissing() throws Exception {
    RuleSet rules =
        compile(
            RuleDraft.of("r", "machine.name == 'm1' && workload.unix.sha256 == 'x'", "/a", "1h"));

    PolicyDecision.Refused refused = (PolicyDecision.Refused) decide(rules, FACTS);

    assertThat(refused.explanation()).contains("missing [workload.unix.sha256]");
  }

  @Test
  void ruleThatReadsFactsOfAFailedAttestorDoesNotMatch() throws Exception {
    RuleSet rules =
        compile(RuleDraft.of("r", "machine.name == 'm1' && workload.unix.uid == 1000", "/a", "1h"));

    PolicyDecision decision =
        rules.decide(new RuleSet.Question(MACHINE, FactBindings.of(FACTS), Set.of("unix")));

    assertThat(decision).isInstanceOf(PolicyDecision.Refused.class);
  }

  @Test
  void footprintHasWhatConditionsAndTemplatesRead() throws Exception {
    RuleSet rules =
        compile(
            RuleDraft.of("a", "machine.labels.env == 'prod'", "/u/{workload.unix.user}", "1h"),
            RuleDraft.of("b", "has(machine.labels.rack) && 27 in workload.unix.gids", "/b", "1h"));

    assertThat(rules.footprint())
        .containsExactly(
            "machine.labels.env",
            "machine.labels.rack",
            "workload.unix.gids",
            "workload.unix.user");
    assertThat(rules.agentFootprint()).containsExactly("workload.unix.gids", "workload.unix.user");
  }

  @Test
  void machineIdentityIsTheMachinesOwn() throws Exception {
    RuleDraft draft =
        new RuleDraft("host", "machine.name == 'm1'", "", true, "1h", "", 0, false, false);

    PolicyDecision.Granted granted = (PolicyDecision.Granted) decide(compile(draft), FACTS);

    assertThat(granted.identities().getFirst().spiffeId()).isEqualTo(MACHINE);
    assertThat(granted.identities().getFirst().ofMachine()).isTrue();
  }

  @Test
  void everyProblemIsNamedAtOnce() {
    assertThatThrownBy(() ->
            compile(
                RuleDraft.of("one", "machine.nme == 'm'", "/a", "1h"),
                RuleDraft.of("two", "machine.name == 'm'", "/ca/x", "1h"),
                RuleDraft.of("two", "machine.name == 'm'", "/b", "1h"),
                RuleDraft.of("Bad Name", "machine.name == 'm'", "/c", "1h")))
        .isInstanceOfSatisfying(
            InvalidRulesException.class, invalid -> assertThat(invalid.problems()).hasSize(4));
  }

  private static RuleDraft rule(String name, String identity, int priority) {
    return new RuleDraft(
        name, "machine.name == 'm1'", identity, false, "1h", "", priority, false, false);
  }

  private static Map<String, Object> with(String name, Object value) {
    Map<String, Object> facts = new HashMap<>(FACTS);
    facts.put(name, value);
    return facts;
  }

  private static RuleSet compile(RuleDraft... drafts) throws InvalidRulesException {
    return RuleSet.compile(1, List.of(drafts), PolicyLimits.DEFAULT);
  }

  private static PolicyDecision decide(RuleSet rules, Map<String, ?> facts) {
    return rules.decide(new RuleSet.Question(MACHINE, FactBindings.of(facts), Set.of()));
  }
}
