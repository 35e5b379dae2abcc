package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.machine.Explanations;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleVerdict;
import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An explanation as JSON.
 *
 * @param subject what is explained
 * @param at by the rules of which time
 * @param ruleVersion 0: there were no rules
 * @param granted identities that the facts give, the default first
 * @param nearest the rule of which least is missing, if none matches
 * @param caveats what may have been otherwise
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ExplanationText(
    String subject,
    @Nullable Instant at,
    long ruleVersion,
    @Nullable Instant rulesSince,
    String rulesBy,
    List<String> granted,
    List<FactText> facts,
    List<RuleLine> rules,
    @Nullable String nearest,
    List<String> caveats) {

  static ExplanationText of(String subject, Explanations.Outcome outcome) {
    return switch (outcome) {
      case Explanations.Outcome.Forgotten forgotten ->
          new ExplanationText(
              subject,
              null,
              0,
              null,
              "",
              List.of(),
              List.of(),
              List.of(),
              null,
              List.of(forgotten.why()));
      case Explanations.Outcome.Explained explained -> of(subject, explained);
    };
  }

  private static ExplanationText of(String subject, Explanations.Outcome.Explained explained) {
    List<String> granted =
        switch (explained.decision()) {
          case PolicyDecision.Granted given ->
              given.identities().stream().map(id -> id.spiffeId().toString()).toList();
          case PolicyDecision.Refused _ -> List.of();
        };
    return new ExplanationText(
        subject,
        explained.at(),
        explained.version().version(),
        explained.version().createdAt(),
        explained.version().author(),
        granted,
        explained.facts().facts().values().stream()
            .map(fact -> FactText.of(fact, explained))
            .toList(),
        explained.decision().verdicts().stream().map(RuleLine::of).toList(),
        granted.isEmpty() ? nearest(explained.decision().verdicts()) : null,
        explained.caveats());
  }

  private static @Nullable String nearest(List<RuleVerdict> verdicts) {
    return verdicts.stream()
        .filter(RuleVerdict.Fails.class::isInstance)
        .map(RuleVerdict.Fails.class::cast)
        .min(Comparator.comparingInt(fails -> fails.terms() - fails.holding()))
        .map(RuleVerdict.Fails::rule)
        .orElse(null);
  }

  /**
   * A fact, who says so, and since when that is known.
   *
   * @param saidBy {@code ca}: verified by the CA, {@code agent}: the agent's word
   */
  record FactText(String name, Object value, String saidBy, String attestor, Instant since) {
    static FactText of(Fact fact, Explanations.Outcome.Explained explained) {
      boolean verified = fact.provenance() == Provenance.VERIFIED_BY_CA;
      return new FactText(
          fact.name(),
          plain(fact.value()),
          verified ? "ca" : "agent",
          fact.attestor(),
          verified ? explained.attested() : explained.stated());
    }

    private static Object plain(FactValue value) {
      return switch (value) {
        case FactValue.Text text -> text.value();
        case FactValue.Number number -> number.value();
        case FactValue.Flag flag -> flag.value();
        case FactValue.TextList list -> list.values();
        case FactValue.NumberList list -> list.values();
      };
    }
  }

  /**
   * What one rule says.
   *
   * @param gives the identity, if it matches
   * @param failed the first condition that does not hold, as written
   */
  record RuleLine(
      String rule,
      @Nullable String gives,
      @Nullable String failed,
      @Nullable String why,
      int holding,
      int conditions) {
    static RuleLine of(RuleVerdict verdict) {
      return switch (verdict) {
        case RuleVerdict.Matches matches ->
            new RuleLine(matches.rule(), matches.spiffeId().toString(), null, null, 0, 0);
        case RuleVerdict.Fails fails ->
            new RuleLine(
                fails.rule(), null, fails.condition(), fails.why(), fails.holding(), fails.terms());
      };
    }
  }
}
