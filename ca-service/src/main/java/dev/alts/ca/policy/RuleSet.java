package dev.alts.ca.policy;

import dev.alts.ca.policy.IdentityRule.IdentityForm;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * One version of the rules, compiled once. Immutable; decisions are pure functions of the facts.
 */
public final class RuleSet {
  private static final int EXPLAINED_RULES = 3;

  private record Compiled(IdentityRule rule, Condition condition) {
    Set<String> facts() {
      Set<String> facts = new TreeSet<>(condition.facts());
      if (rule.identity() instanceof IdentityForm.Templated templated) {
        facts.addAll(templated.template().facts());
      }
      rule.dnsNames().forEach(name -> facts.addAll(name.facts()));
      return facts;
    }

    /** {@return whether it is about tokens of OIDC issuers, and so about no machine} */
    boolean isForTokens() {
      return facts().stream().anyMatch(FactCatalog::isOfToken);
    }
  }

  /** Who asks: the machine, what is proven, and which attestors could not say anything. */
  public record Question(SpiffeId machine, FactBindings facts, Set<String> unavailableAttestors) {
    public Question {
      unavailableAttestors = Set.copyOf(unavailableAttestors);
    }
  }

  private final long version;
  private final List<Compiled> rules;

  private RuleSet(long version, List<Compiled> rules) {
    this.version = version;
    this.rules = List.copyOf(rules);
  }

  /**
   * {@return the compiled rules}
   *
   * @throws InvalidRulesException naming every rule that is not right, and why
   */
  public static RuleSet compile(long version, List<RuleDraft> drafts, PolicyLimits limits)
      throws InvalidRulesException {
    List<String> problems = new ArrayList<>();
    if (drafts.size() > limits.maxRules()) {
      problems.add("%d rules (expected: at most %d)".formatted(drafts.size(), limits.maxRules()));
      throw new InvalidRulesException(problems);
    }
    ConditionCompiler compiler = new ConditionCompiler();
    List<Compiled> rules = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (RuleDraft draft : drafts) {
      try {
        if (!names.add(draft.name())) {
          throw new IllegalArgumentException("there are two rules of this name");
        }
        rules.add(compileRule(compiler, draft, limits));
      } catch (IllegalArgumentException e) {
        problems.add("rule \"%s\": %s".formatted(draft.name(), e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidRulesException(problems);
    }
    rules.sort(
        Comparator.comparingInt((Compiled compiled) -> compiled.rule().priority())
            .thenComparing(compiled -> compiled.rule().name()));
    return new RuleSet(version, rules);
  }

  private static Compiled compileRule(
      ConditionCompiler compiler, RuleDraft draft, PolicyLimits limits) {
    IdentityRule rule = IdentityRule.parse(draft, limits);
    Compiled compiled = new Compiled(rule, compiler.compile(rule.when()));
    for (String fact : compiled.facts()) {
      if (!FactCatalog.families().contains(fact) && FactCatalog.typeOf(fact).isEmpty()) {
        throw new IllegalArgumentException("no attestor states the fact %s".formatted(fact));
      }
    }
    if (!rule.allowAnyMachine() && !compiled.condition().alwaysAsksTheCa()) {
      throw new IllegalArgumentException(
          "the condition can hold by an agent's word alone (expected: a condition on machine.* or"
              + " verified.* in every alternative, or allow-any-machine: true)");
    }
    if (compiled.isForTokens()) {
      requireForTokens(compiled);
    }
    return compiled;
  }

  /** A token comes from no machine, and only from the issuers that the rule names. */
  private static void requireForTokens(Compiled compiled) {
    if (!compiled.condition().pinsIssuer()) {
      throw new IllegalArgumentException(
          "reads verified.oidc.* and can hold for a token of any issuer (expected:"
              + " verified.oidc.issuer == \"NAME\" in every alternative)");
    }
    boolean readsOthers = compiled.facts().stream().anyMatch(fact -> !FactCatalog.isOfToken(fact));
    if (readsOthers || compiled.rule().identity() instanceof IdentityForm.OfMachine) {
      throw new IllegalArgumentException(
          "reads verified.oidc.* and something of a machine (expected: one or the other, since no"
              + " machine stands behind a token)");
    }
  }

  public long version() {
    return version;
  }

  /** {@return the rules in the order of evaluation: by priority, then name} */
  public List<IdentityRule> rules() {
    return rules.stream().map(Compiled::rule).toList();
  }

  /** {@return the names of all facts that some rule can read, sorted} */
  public List<String> footprint() {
    Set<String> facts = new TreeSet<>();
    rules.forEach(compiled -> facts.addAll(compiled.facts()));
    return List.copyOf(facts);
  }

  /** {@return what an agent has to find out: the part of the footprint that is its own word} */
  public List<String> agentFootprint() {
    return footprint().stream()
        // Whose facts the CA verifies, the agent has to say.
        .map(fact ->
            FactCatalog.isChosenByAgent(fact) && !FactCatalog.isStatedByAgent(fact)
                ? FactCatalog.STATED_POD
                : fact)
        .filter(FactCatalog::isStatedByAgent)
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * {@return which identities a token gives} Only rules about tokens are asked: a rule for any
   * machine is not one for no machine at all.
   */
  public PolicyDecision decideForToken(TrustDomain domain, FactBindings facts) {
    return decide(
        rules.stream().filter(Compiled::isForTokens).toList(),
        new Question(SpiffeId.of(domain, "/machine/none"), facts, Set.of()));
  }

  /** {@return which identities the facts give, and what each rule says} */
  public PolicyDecision decide(Question question) {
    return decide(rules, question);
  }

  private PolicyDecision decide(List<Compiled> asked, Question question) {
    List<RuleVerdict> verdicts = new ArrayList<>();
    Map<SpiffeId, GrantedIdentity> granted = new LinkedHashMap<>();
    for (Compiled compiled : asked) {
      RuleVerdict verdict = judge(compiled, question);
      verdicts.add(verdict);
      if (verdict instanceof RuleVerdict.Matches matches) {
        granted.putIfAbsent(
            matches.spiffeId(), grant(compiled.rule(), matches.spiffeId(), matches.dnsNames()));
      }
    }
    return granted.isEmpty()
        ? new PolicyDecision.Refused(version, explain(verdicts), verdicts)
        : new PolicyDecision.Granted(version, List.copyOf(granted.values()), verdicts);
  }

  /** {@return what each rule can give {@code machine}, whatever its agent says} */
  public List<RuleReach> reach(SpiffeId machine, FactBindings vouched) {
    return rules.stream().map(compiled -> reach(compiled, machine, vouched)).toList();
  }

  private static RuleReach reach(Compiled compiled, SpiffeId machine, FactBindings vouched) {
    String rule = compiled.rule().name();
    return switch (compiled.condition().reach().outcome(vouched.variables())) {
      case Reach.Outcome.Impossible impossible -> new RuleReach.Impossible(rule, impossible.why());
      case Reach.Outcome.Possible possible ->
          switch (compiled.rule().identity()) {
            case IdentityForm.OfMachine _ ->
                new RuleReach.Possible(rule, machine.toString(), Set.of(), possible.assumptions());
            case IdentityForm.Templated templated ->
                switch (templated.template().outline(machine.trustDomain(), vouched::text)) {
                  case PathTemplate.Outline.Open open ->
                      new RuleReach.Possible(
                          rule, open.pattern(), open.free(), possible.assumptions());
                  case PathTemplate.Outline.Unusable unusable ->
                      new RuleReach.Impossible(rule, unusable.why());
                };
          };
    };
  }

  private static GrantedIdentity grant(IdentityRule rule, SpiffeId id, List<String> dnsNames) {
    return new GrantedIdentity(
        id,
        rule.name(),
        rule.hint(),
        rule.ttl(),
        rule.clearBoundary(),
        rule.identity() instanceof IdentityForm.OfMachine,
        rule.terms().withDnsNames(dnsNames));
  }

  private static RuleVerdict judge(Compiled compiled, Question question) {
    IdentityRule rule = compiled.rule();
    int terms = compiled.condition().termCount();
    for (String fact : compiled.facts()) {
      if (isUnavailable(fact, question.unavailableAttestors())) {
        return new RuleVerdict.Fails(
            rule.name(), "", "reads %s, whose attestor failed".formatted(fact), 0, terms);
      }
    }
    return switch (compiled.condition().evaluate(question.facts().variables())) {
      case Condition.Outcome.Fails fails ->
          new RuleVerdict.Fails(
              rule.name(), fails.term(), why(compiled, fails, question), fails.holding(), terms);
      case Condition.Outcome.Holds _ -> identify(rule, question, terms);
    };
  }

  /** An agent that could not ask an attestor must not profit: {@code workload.unix.*} is "unix". */
  private static boolean isUnavailable(String fact, Set<String> attestors) {
    return attestors.stream().anyMatch(attestor -> fact.startsWith("workload." + attestor + "."));
  }

  private static String why(Compiled compiled, Condition.Outcome.Fails fails, Question question) {
    List<String> missing =
        compiled.facts().stream()
            .filter(fact -> fails.term().contains(shortName(fact)) && !question.facts().has(fact))
            .toList();
    return missing.isEmpty() ? fails.why() : "has no answer: missing " + missing;
  }

  private static String shortName(String fact) {
    return FactCatalog.familyOf(fact)
        .map(family -> fact.substring(family.length() + 1))
        .orElse(fact);
  }

  private static RuleVerdict identify(IdentityRule rule, Question question, int terms) {
    return switch (rule.identity()) {
      case IdentityForm.OfMachine _ ->
          new RuleVerdict.Matches(rule.name(), question.machine(), List.of());
      case IdentityForm.Templated templated ->
          switch (templated
              .template()
              .fill(question.machine().trustDomain(), question.facts()::text)) {
            case PathTemplate.Filled.Path path -> named(rule, path.id(), question, terms);
            case PathTemplate.Filled.Unusable unusable ->
                new RuleVerdict.Fails(rule.name(), "", unusable.why(), terms, terms);
          };
    };
  }

  private static RuleVerdict named(
      IdentityRule rule, SpiffeId id, Question question, int conditions) {
    List<String> names = new ArrayList<>();
    for (DnsTemplate template : rule.dnsNames()) {
      switch (template.fill(question.facts()::text)) {
        case DnsTemplate.Filled.Name name -> names.add(name.name());
        case DnsTemplate.Filled.Unusable unusable -> {
          return new RuleVerdict.Fails(rule.name(), "", unusable.why(), conditions, conditions);
        }
      }
    }
    return new RuleVerdict.Matches(rule.name(), id, names);
  }

  private static String explain(List<RuleVerdict> verdicts) {
    List<RuleVerdict.Fails> nearest =
        verdicts.stream()
            .filter(RuleVerdict.Fails.class::isInstance)
            .map(RuleVerdict.Fails.class::cast)
            .sorted(Comparator.comparingInt(fails -> fails.terms() - fails.holding()))
            .limit(EXPLAINED_RULES)
            .toList();
    if (nearest.isEmpty()) {
      return "there are no rules yet: altsctl rule apply -f FILE adds some";
    }
    return "no rule matches; nearest: "
        + String.join("; ", nearest.stream().map(RuleVerdict.Fails::text).toList());
  }
}
