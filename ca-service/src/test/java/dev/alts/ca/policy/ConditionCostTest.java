package dev.alts.ca.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.identity.SpiffeId;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Conditions cannot loop, explode or reach the JVM, whoever wrote them and whatever is shown. */
class ConditionCostTest {
  private static final SpiffeId MACHINE = SpiffeId.parse("spiffe://demo.alts/machine/m1");

  @ParameterizedTest
  @ValueSource(
      strings = {
        // macros that make lists, iterate with state, or nest
        "machine.name == 'm' && workload.unix.gids.map(g, g + 1).size() > 0",
        "machine.name == 'm' && workload.unix.gids.filter(g, g > 1).size() > 0",
        "machine.name == 'm' && workload.unix.gids.exists_one(g, g == 1)",
        "machine.name == 'm' && workload.unix.gids.all(a, workload.unix.gids.all(b, a != b))",
        "machine.name == 'm' && workload.unix.gids.exists(a, [1].exists(b, a == b))",
        "machine.name == 'm' && [[1, 2], [3]].exists(l, l.exists(i, i == 1))",
        "machine.name == 'm' && workload.unix.gids.exists(a, a in workload.unix.gids.map(b, b))",
        "machine.name == 'm' && cel.bind(x, machine.name, x + x == '')",
        // what grows
        "machine.name + machine.name == 'mm'",
        "machine.name == 'm' && (workload.unix.gids + workload.unix.gids).size() > 1",
        "machine.name == 'm' && workload.unix.uid * 2 == 4",
        "machine.name == 'm' && string(workload.unix.uid) == '1'",
        "machine.name.replace('m', 'mm') == 'mm'",
        "machine.name.split('').size() == 1",
        "machine.name == 'm' && bytes(machine.name) == b'm'",
        "machine.name == 'm' && duration('1s') < duration('2s')",
        // ways out
        "type(machine.name) == string",
        "machine.name.class == 'x'",
        "machine.name.getClass().getName() == 'x'",
        "java.lang.Runtime.getRuntime() == null",
        "dyn(machine.name) == 'm'",
        "google.protobuf.Struct{}.fields == {}",
        "machine == {}",
        "machine.labels == machine.labels && getenv('HOME') == ''",
        "machine.labels.exists(k, machine.labels.exists(j, j == k))"
      })
  @Tag("abuse-7")
  void whatMakesIteratesTwiceOrLeavesTheLanguageIsRefusedWhenTheRuleIsMade(String when) {
    assertThatThrownBy(() -> compile(when))
        .isInstanceOf(InvalidRulesException.class)
        .hasMessageContaining("when:");
  }

  @Test
  void longDeepAndWideConditionsAreRefused() {
    String name = "machine.name == 'm'";
    for (String when :
        List.of(
            name + " && machine.name == '" + "x".repeat(5000) + "'",
            "!(".repeat(200) + name + ")".repeat(200),
            name + " && " + "[".repeat(100) + "1" + "]".repeat(100) + ".size() > 0",
            name + " && machine.name in [" + "'a',".repeat(600) + "'b']",
            name + " && (true ? ".repeat(60) + name + " : false)".repeat(60),
            name + " || " + name.concat(" || ").repeat(300) + name)) {
      assertThatThrownBy(() -> compile(when)).as(when).isInstanceOf(InvalidRulesException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(a{1,1000}){1,1000}",
        "((((a{30}){30}){30}){30})",
        "(a{500}){2,}b",
        "a{1001}",
        "([)(]{900}){2}"
      })
  @Tag("abuse-7")
  void patternThatExplodesWhenItsRepetitionsAreWrittenOutIsRefused(String pattern) {
    assertThatThrownBy(() -> compile("machine.name.matches('" + pattern + "')"))
        .isInstanceOf(InvalidRulesException.class)
        .hasMessageContaining("the pattern of matches() is too large");
  }

  @Test
  @Tag("abuse-7")
  void patternWithGroupsInGroupsWithoutEndIsRefused() {
    String deep = "(".repeat(500) + "a" + ")".repeat(500);

    assertThatThrownBy(() -> compile("machine.name.matches('" + deep + "')"))
        .isInstanceOf(InvalidRulesException.class)
        .hasMessageContaining("too large");
  }

  @Test
  void usualPatternsAreNotTooLarge() throws Exception {
    RuleSet rules =
        compile(
            "machine.name.matches('^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[](a{2}x]{1,63})$')");

    assertThat(decide(rules, Map.of("machine.name", "123e4567-e89b-12d3-a456-426614174000")))
        .isInstanceOf(PolicyDecision.Granted.class);
  }

  /** In a backtracking matcher this takes longer than the universe has existed. */
  @Test
  void matchingTakesLinearTimeOverTheLongestText() throws Exception {
    RuleSet rules = compile("machine.name.matches('^(a+)+$') && machine.name.matches('(a|aa)*b')");

    assertThat(decide(rules, Map.of("machine.name", "a".repeat(4096))))
        .isInstanceOf(PolicyDecision.Refused.class);
  }

  @Test
  void iterationEndsWithTheLongestListThatAFactMayBe() throws Exception {
    RuleSet rules = compile("machine.name == 'm' && workload.unix.gids.exists(g, g == 1023)");
    List<Long> longest = LongStream.range(0, 1024).boxed().toList();

    assertThat(decide(rules, Map.of("machine.name", "m", "workload.unix.gids", longest)))
        .isInstanceOf(PolicyDecision.Granted.class);
    assertThatThrownBy(
            () -> decide(rules, Map.of("workload.unix.gids", Collections.nCopies(1025, 1L))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 1024");
    assertThatThrownBy(() -> decide(rules, Map.of("machine.name", "x".repeat(4097))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 4096");
  }

  /** 500 of the costliest rules over the largest facts are one decision, and it ends. */
  @Test
  void wholeRuleSetOfTheCostliestConditionsDecides() throws Exception {
    String costly =
        "machine.name == 'm'"
            + " && !workload.unix.gids.exists(g, g == -1)".repeat(8)
            + " && machine.name.matches('(a|m)*')".repeat(8);
    List<RuleDraft> drafts =
        LongStream.range(0, 500)
            .mapToObj(i -> RuleDraft.of("r" + i, costly, "/r" + i, "1h"))
            .toList();
    RuleSet rules = RuleSet.compile(1, drafts, PolicyLimits.DEFAULT);
    Map<String, Object> facts = new HashMap<>();
    facts.put("machine.name", "m");
    facts.put("workload.unix.gids", LongStream.range(0, 1024).boxed().toList());

    assertThat(decide(rules, facts))
        .isInstanceOfSatisfying(
            PolicyDecision.Granted.class, granted -> assertThat(granted.identities()).hasSize(500));
    assertThatThrownBy(
            () -> {
              RuleSet.compile(
                  1,
                  LongStream.range(0, 501)
                      .mapToObj(i -> RuleDraft.of("r" + i, costly, "/r" + i, "1h"))
                      .toList(),
                  PolicyLimits.DEFAULT);
            })
        .isInstanceOf(InvalidRulesException.class)
        .hasMessageContaining("at most 500");
  }

  private static RuleSet compile(String when) throws InvalidRulesException {
    return RuleSet.compile(1, List.of(RuleDraft.of("r", when, "/a", "1h")), PolicyLimits.DEFAULT);
  }

  private static PolicyDecision decide(RuleSet rules, Map<String, ?> facts) {
    return rules.decide(new RuleSet.Question(MACHINE, FactBindings.of(facts), Set.of()));
  }
}
