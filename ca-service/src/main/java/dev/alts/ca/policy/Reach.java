package dev.alts.ca.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A condition as it looks to an agent that says whatever helps it.
 *
 * <p>What reads none of the agent's facts is decided by evaluating it. What reads one is assumed to
 * hold: whether some value of the fact makes it hold is not decidable in general, and an answer
 * that is too short would be the dangerous one.
 */
sealed interface Reach {
  record All(List<Reach> parts) implements Reach {}

  record Any(List<Reach> parts) implements Reach {}

  /** Reads only what the CA vouches for. */
  record Decided(Condition.Term term, boolean negated) implements Reach {}

  /** Reads what the agent says. */
  record Assumed(String text) implements Reach {}

  /** Whether it can be made to hold. */
  sealed interface Outcome {
    /** By making all of these hold, as far as the CA can tell. */
    record Possible(List<String> assumptions) implements Outcome {}

    record Impossible(String why) implements Outcome {}
  }

  /** {@return whether it can hold, given what the CA vouches for} */
  default Outcome outcome(Map<String, Object> vouched) {
    return switch (this) {
      case Assumed assumed -> new Outcome.Possible(List.of(assumed.text()));
      case Decided decided -> decide(decided, vouched);
      case All all -> all(all, vouched);
      case Any any -> any(any, vouched);
    };
  }

  private static Outcome decide(Decided decided, Map<String, Object> vouched) {
    boolean holds =
        ConditionCompiler.plainValue(decided.term(), vouched)
            .map(value -> value != decided.negated())
            .orElse(false);
    String text = decided.negated() ? "!(" + decided.term().text() + ")" : decided.term().text();
    return holds
        ? new Outcome.Possible(List.of())
        : new Outcome.Impossible(text + " does not hold");
  }

  private static Outcome all(All all, Map<String, Object> vouched) {
    List<String> assumptions = new ArrayList<>();
    for (Reach part : all.parts()) {
      switch (part.outcome(vouched)) {
        case Outcome.Impossible impossible -> {
          return impossible;
        }
        case Outcome.Possible possible -> assumptions.addAll(possible.assumptions());
      }
    }
    return new Outcome.Possible(List.copyOf(assumptions));
  }

  private static Outcome any(Any any, Map<String, Object> vouched) {
    List<String> ways = new ArrayList<>();
    List<String> obstacles = new ArrayList<>();
    for (Reach part : any.parts()) {
      switch (part.outcome(vouched)) {
        case Outcome.Impossible impossible -> obstacles.add(impossible.why());
        case Outcome.Possible possible -> {
          if (possible.assumptions().isEmpty()) {
            return possible;
          }
          ways.add(String.join(" && ", possible.assumptions()));
        }
      }
    }
    return ways.isEmpty()
        ? new Outcome.Impossible(String.join("; ", obstacles))
        : new Outcome.Possible(List.of(String.join(" || ", ways)));
  }
}
