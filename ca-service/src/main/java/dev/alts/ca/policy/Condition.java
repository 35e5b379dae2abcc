package dev.alts.ca.policy;

import dev.cel.runtime.CelRuntime;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A compiled condition: terms that must all hold.
 *
 * <p>Each term is evaluated on its own, because a refusal has to say which one failed, and because
 * CEL's {@code &&} hides an error behind a false: here whatever is not plainly true has failed.
 */
final class Condition {
  /** One term, with its text as an operator reads it. */
  record Term(String text, CelRuntime.Program program) {}

  /** Whether a term holds. */
  sealed interface TermOutcome {
    record Holds() implements TermOutcome {}

    record Fails(String why) implements TermOutcome {}
  }

  /** Whether the whole condition holds. */
  sealed interface Outcome {
    record Holds() implements Outcome {}

    /** The first term that does not hold, and how many do. */
    record Fails(String term, String why, int holding) implements Outcome {}
  }

  private final List<Term> terms;
  private final Set<String> facts;
  private final boolean alwaysAsksTheCa;
  private final boolean pinsIssuer;
  private final Reach reach;

  Condition(
      List<Term> terms,
      Set<String> facts,
      boolean alwaysAsksTheCa,
      boolean pinsIssuer,
      Reach reach) {
    this.terms = List.copyOf(terms);
    this.facts = Set.copyOf(facts);
    this.alwaysAsksTheCa = alwaysAsksTheCa;
    this.pinsIssuer = pinsIssuer;
    this.reach = reach;
  }

  /** {@return the names of the facts that it can read} */
  Set<String> facts() {
    return facts;
  }

  /** {@return whether it cannot hold by the agent's word alone} */
  boolean alwaysAsksTheCa() {
    return alwaysAsksTheCa;
  }

  /** {@return whether it can hold for tokens of named issuers only} */
  boolean pinsIssuer() {
    return pinsIssuer;
  }

  /** {@return the condition as it looks to an agent that lies} */
  Reach reach() {
    return reach;
  }

  int termCount() {
    return terms.size();
  }

  Outcome evaluate(Map<String, Object> bindings) {
    int holding = 0;
    Outcome.Fails first = null;
    for (Term term : terms) {
      switch (ConditionCompiler.evaluate(term, bindings)) {
        case TermOutcome.Holds _ -> holding++;
        case TermOutcome.Fails fails -> {
          if (first == null) {
            first = new Outcome.Fails(term.text(), fails.why(), 0);
          }
        }
      }
    }
    return first == null
        ? new Outcome.Holds()
        : new Outcome.Fails(first.term(), first.why(), holding);
  }
}
