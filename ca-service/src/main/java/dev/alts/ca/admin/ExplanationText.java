package dev.alts.ca.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.alts.ca.machine.Circumstance;
import dev.alts.ca.machine.Explanations;
import dev.alts.ca.policy.PolicyDecision;
import dev.alts.ca.policy.RuleVerdict;
import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An explanation as JSON.
 *
 * @param subject what is explained
 * @param at of which time it speaks
 * @param ruleVersion 0: there were no rules
 * @param granted identities that the facts give, the default first
 * @param firstObstacle the first thing that stands in the way, rules first; null: nothing does
 * @param nearest the rule of which least is missing, if none matches
 * @param circumstances what was so beside the rules
 * @param caveats what may have been otherwise, or is not known
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ExplanationText(
    String subject,
    Instant at,
    long ruleVersion,
    @Nullable Instant rulesSince,
    String rulesBy,
    String rulesReason,
    List<String> granted,
    @Nullable String firstObstacle,
    List<FactText> facts,
    List<RuleLine> rules,
    @Nullable String nearest,
    List<CircumstanceText> circumstances,
    List<String> caveats) {
  /**
   * {@return the explanation}
   *
   * @param everything whether the reader may know who else holds an identity
   */
  static ExplanationText of(String subject, Explanations.Outcome outcome, boolean everything) {
    ExplanationText all = of(subject, outcome);
    return everything
        ? all
        : new ExplanationText(
            all.subject,
            all.at,
            all.ruleVersion,
            all.rulesSince,
            all.rulesBy,
            all.rulesReason,
            all.granted,
            all.firstObstacle,
            all.facts,
            all.rules,
            all.nearest,
            all.circumstances.stream()
                .filter(each -> each.inTheWay() || !each.about().equals("identity"))
                .toList(),
            all.caveats);
  }

  private static ExplanationText of(String subject, Explanations.Outcome outcome) {
    return switch (outcome) {
      case Explanations.Outcome.Forgotten forgotten ->
          new ExplanationText(
              subject,
              forgotten.at(),
              0,
              null,
              "",
              "",
              List.of(),
              obstacle(forgotten.circumstances()),
              List.of(),
              List.of(),
              null,
              CircumstanceText.of(forgotten.circumstances()),
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
    Optional<RuleVerdict.Fails> nearest =
        granted.isEmpty() ? nearest(explained.decision().verdicts()) : Optional.empty();
    return new ExplanationText(
        subject,
        explained.at(),
        explained.version().version(),
        explained.version().createdAt(),
        explained.version().author(),
        explained.version().reason(),
        granted,
        granted.isEmpty()
            ? nearest.map(RuleVerdict.Fails::text).orElse("there are no rules")
            : obstacle(explained.circumstances()),
        explained.facts().facts().values().stream()
            .map(fact -> FactText.of(fact, explained))
            .toList(),
        explained.decision().verdicts().stream().map(RuleLine::of).toList(),
        nearest.map(RuleVerdict.Fails::rule).orElse(null),
        CircumstanceText.of(explained.circumstances()),
        explained.caveats());
  }

  private static Optional<RuleVerdict.Fails> nearest(List<RuleVerdict> verdicts) {
    return verdicts.stream()
        .filter(RuleVerdict.Fails.class::isInstance)
        .map(RuleVerdict.Fails.class::cast)
        .min(Comparator.comparingInt(fails -> fails.terms() - fails.holding()));
  }

  private static @Nullable String obstacle(List<Circumstance> circumstances) {
    return circumstances.stream()
        .filter(Circumstance::inTheWay)
        .map(Circumstance::text)
        .findFirst()
        .orElse(null);
  }

  /**
   * A fact, who says so, and since when that is known.
   *
   * @param saidBy {@code ca}: verified by the CA, {@code agent}: the agent's word
   * @param ageSeconds how old it was at the time that is explained
   */
  record FactText(
      String name, Object value, String saidBy, String attestor, Instant since, long ageSeconds) {
    static FactText of(Fact fact, Explanations.Outcome.Explained explained) {
      boolean verified = fact.provenance() == Provenance.VERIFIED_BY_CA;
      Instant since = verified ? explained.attested() : explained.stated();
      return new FactText(
          fact.name(),
          plain(fact.value()),
          verified ? "ca" : "agent",
          fact.attestor(),
          since,
          Math.max(0, Duration.between(since, explained.at()).toSeconds()));
    }

    static Object plain(FactValue value) {
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

  /**
   * Something that was so at that time.
   *
   * @param about machine, identity, certificate, asked; client, server, naming, authorization
   * @param inTheWay whether it alone is reason enough for a no
   */
  record CircumstanceText(String about, boolean inTheWay, String text, @Nullable Instant since) {
    static List<CircumstanceText> of(List<Circumstance> circumstances) {
      return circumstances.stream()
          .map(each ->
              new CircumstanceText(each.about(), each.inTheWay(), each.text(), each.since()))
          .toList();
    }
  }

  /** {@return the same for a call, which no rule decides} */
  static CallText ofCall(String subject, Instant at, List<Circumstance> circumstances) {
    return new CallText(subject, at, obstacle(circumstances), CircumstanceText.of(circumstances));
  }

  /** What is known of whether one may call another. */
  @JsonInclude(JsonInclude.Include.ALWAYS)
  record CallText(
      String subject,
      Instant at,
      @Nullable String firstObstacle,
      List<CircumstanceText> circumstances) {}
}
