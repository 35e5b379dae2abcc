package dev.alts.identity.fact;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Facts by name, in the order of their names; no name twice. */
public record FactSet(SortedMap<String, Fact> facts) {
  public FactSet {
    facts.forEach((name, fact) -> {
      if (!name.equals(fact.name())) {
        throw new IllegalArgumentException(
            "fact: %s under the name %s".formatted(fact.name(), name));
      }
    });
    facts = Collections.unmodifiableSortedMap(new TreeMap<>(facts));
  }

  /**
   * {@return the set of these facts}
   *
   * @throws IllegalArgumentException if a name occurs twice
   */
  public static FactSet of(Collection<Fact> facts) {
    SortedMap<String, Fact> byName = new TreeMap<>();
    for (Fact fact : facts) {
      if (byName.put(fact.name(), fact) != null) {
        throw new IllegalArgumentException("fact: %s occurs twice".formatted(fact.name()));
      }
    }
    return new FactSet(byName);
  }

  public static FactSet empty() {
    return new FactSet(new TreeMap<>());
  }

  public Optional<FactValue> value(String name) {
    return Optional.ofNullable(facts.get(name)).map(Fact::value);
  }

  public Set<String> names() {
    return facts.keySet();
  }

  /** {@return the facts whose names {@code keep} accepts} */
  public FactSet only(Predicate<String> keep) {
    return of(facts.values().stream().filter(fact -> keep.test(fact.name())).toList());
  }

  /**
   * {@return these facts and the others}
   *
   * @throws IllegalArgumentException if both have a name
   */
  public FactSet with(FactSet others) {
    SortedMap<String, Fact> both = new TreeMap<>(facts);
    others.facts.forEach((name, fact) -> {
      if (both.put(name, fact) != null) {
        throw new IllegalArgumentException("fact: %s occurs twice".formatted(name));
      }
    });
    return new FactSet(both);
  }
}
