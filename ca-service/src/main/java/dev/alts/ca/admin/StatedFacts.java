package dev.alts.ca.admin;

import dev.alts.identity.fact.Fact;
import dev.alts.identity.fact.FactSet;
import dev.alts.identity.fact.FactValue;
import dev.alts.identity.fact.Provenance;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Facts that somebody states as an agent would: {@code workload.*} and nothing else. */
final class StatedFacts {
  private static final int MAX_FACTS = 64;

  private StatedFacts() {}

  /**
   * {@return the facts}
   *
   * @throws IllegalArgumentException if one is none, or not an agent's to state
   */
  static FactSet parse(Map<String, Object> facts) {
    if (facts.size() > MAX_FACTS) {
      throw new IllegalArgumentException("facts: (expected: at most %d)".formatted(MAX_FACTS));
    }
    List<Fact> stated = new ArrayList<>();
    facts.forEach((name, value) ->
        stated.add(new Fact(name, value(name, value), Provenance.STATED_BY_AGENT, "")));
    return FactSet.of(stated);
  }

  private static FactValue value(String name, Object value) {
    return switch (value) {
      case String text -> new FactValue.Text(text);
      case Integer number -> new FactValue.Number(number);
      case Long number -> new FactValue.Number(number);
      case Boolean flag -> new FactValue.Flag(flag);
      case List<?> list ->
          new FactValue.NumberList(list.stream().map(e -> number(name, e)).toList());
      case null, default -> throw mismatch(name);
    };
  }

  private static Long number(String name, Object entry) {
    return switch (entry) {
      case Integer number -> number.longValue();
      case Long number -> number;
      case null, default -> throw mismatch(name);
    };
  }

  private static IllegalArgumentException mismatch(String name) {
    return new IllegalArgumentException(
        "fact %s: (expected: text, a whole number, a flag or a list of whole numbers)"
            .formatted(name));
  }
}
