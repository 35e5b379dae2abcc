package dev.alts.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.ca.policy.FactBindings;
import dev.alts.ca.policy.GrantedIdentity;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.PolicyLimits;
import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleSet;
import dev.alts.ca.policy.RuleTerms;
import dev.alts.cli.spire.SpireDecisions;
import dev.alts.cli.spire.SpireEntry;
import dev.alts.cli.spire.SpireId;
import dev.alts.cli.spire.rules.ImportOptions;
import dev.alts.cli.spire.rules.ImportedRules;
import dev.alts.cli.spire.rules.ImportedRules.Lacking;
import dev.alts.cli.spire.rules.ImportedRules.MachinePlan;
import dev.alts.cli.spire.rules.MadeRule;
import dev.alts.cli.spire.rules.RuleImport;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Rules that were imported from SPIRE grant what its entries granted: random entries, machines and
 * processes, judged by SPIRE's semantics on the one side and by the CA's rule engine on the other.
 */
class SpireImportTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
  private static final TrustDomain DOMAIN = new TrustDomain(SpireWorld.DOMAIN);
  private static final int WORLDS = 150;

  private int granted;
  private int refused;
  private int templated;

  @Test
  void closedRulesGrantExactlyWhatEntriesGrant() throws Exception {
    for (int seed = 0; seed < WORLDS; seed++) {
      SpireWorld world = SpireWorld.random(new Random(seed));
      ImportedRules imported = imported(world, false);
      RuleSet rules = compiled(imported);
      for (SpireWorld.Process process : world.processes()) {
        Set<String> bySpire = bySpire(world, imported, process);

        assertThat(byRules(rules, imported, process))
            .as("seed %d, %s", seed, process)
            .isEqualTo(bySpire);
        count(bySpire);
      }
    }

    // A property that holds of nothing is no proof.
    assertThat(List.of(granted, refused, templated)).allMatch(count -> count > WORLDS / 2);
  }

  @Test
  void openRulesGrantNoLess() throws Exception {
    for (int seed = 0; seed < WORLDS / 3; seed++) {
      SpireWorld world = SpireWorld.random(new Random(seed));
      ImportedRules imported = imported(world, true);
      RuleSet rules = compiled(imported);
      for (SpireWorld.Process process : world.processes()) {
        assertThat(byRules(rules, imported, process))
            .as("seed %d, %s", seed, process)
            .containsAll(bySpire(world, imported, process));
      }
    }
  }

  @Test
  void whatIsTooLongForOneRuleIsExactInSeveral() throws Exception {
    SpireWorld world = SpireWorld.wide(new Random(1), 3000);
    ImportedRules imported = imported(world, false);
    RuleSet rules = compiled(imported);

    assertThat(imported.notCovered()).isZero();
    assertThat(imported.rules().size()).isBetween(5, 60);
    for (SpireWorld.Process process : world.processes()) {
      assertThat(byRules(rules, imported, process))
          .as(process.toString())
          .isEqualTo(bySpire(world, imported, process));
    }
  }

  private ImportedRules imported(SpireWorld world, boolean open) {
    ImportOptions plain = ImportOptions.of(SpireWorld.DOMAIN);
    ImportedRules imported =
        RuleImport.of(
            world.entries(),
            world.agents(),
            new ImportOptions(
                plain.trustDomain(),
                open,
                plain.defaultTtl(),
                plain.maxTtl(),
                false,
                Map.of(),
                Map.of(),
                Map.of()),
            NOW);
    templated += (int) imported.rules().stream().filter(r -> r.identity().contains("{")).count();
    return imported;
  }

  private void count(Set<String> bySpire) {
    if (bySpire.isEmpty()) {
      refused++;
    } else {
      granted++;
    }
  }

  /** What SPIRE grants, without the entries of which the report says that they have no rule. */
  private static Set<String> bySpire(
      SpireWorld world, ImportedRules imported, SpireWorld.Process process) {
    Set<String> without = imported.unmet().stream().map(Lacking::entry).collect(Collectors.toSet());
    List<SpireEntry> live =
        world.entries().stream().filter(entry -> !entry.isExpired(NOW)).toList();
    List<SpireEntry> authorised =
        SpireDecisions.of(live, SpireWorld.DOMAIN).authorised(process.agent());
    return SpireDecisions.matching(authorised, process.selectors()).stream()
        .filter(entry -> !without.contains(entry.id()))
        .map(SpireEntry::spiffeId)
        .map(SpireId::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> byRules(
      RuleSet rules, ImportedRules imported, SpireWorld.Process process) {
    MachinePlan plan =
        imported.machines().stream()
            .filter(machine -> machine.agent().equals(process.agent().id().toString()))
            .findFirst()
            .orElseThrow();
    Map<String, Object> facts = new TreeMap<>(process.facts());
    facts.put("machine.name", plan.name());
    plan.labels().forEach((key, value) -> facts.put("machine.labels." + key, value));
    PolicyDecision decision =
        rules.decide(
            new RuleSet.Question(
                SpiffeId.of(DOMAIN, "/machine/" + plan.name()), FactBindings.of(facts), Set.of()));
    return switch (decision) {
      case PolicyDecision.Refused _ -> Set.of();
      case PolicyDecision.Granted found ->
          found.identities().stream()
              .map(GrantedIdentity::spiffeId)
              .map(SpiffeId::toString)
              .collect(Collectors.toCollection(TreeSet::new));
    };
  }

  private static RuleSet compiled(ImportedRules imported) throws Exception {
    Function<MadeRule, RuleDraft> draft =
        rule ->
            new RuleDraft(
                rule.name(),
                String.join(" && ", rule.when()),
                rule.identity(),
                false,
                rule.ttl() + "s",
                rule.hint(),
                rule.priority(),
                false,
                false,
                new RuleTerms(rule.dnsNames(), List.of(), false, true));
    Stream<RuleDraft> drafts = imported.rules().stream().map(draft);
    return RuleSet.compile(1, drafts.toList(), PolicyLimits.DEFAULT);
  }
}
