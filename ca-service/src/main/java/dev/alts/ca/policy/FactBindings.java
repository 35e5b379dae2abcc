package dev.alts.ca.policy;

import dev.alts.identity.fact.FactSet;
import dev.alts.identity.fact.FactValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Facts in the form that conditions and templates read. Holds only facts of the {@link FactCatalog}
 * with values of their type: another value of a known name is a caller's mistake, an unknown name
 * can be read by no rule and is left out.
 */
public final class FactBindings {
  private final Map<String, Object> variables;

  /** Facts of families, by their whole names. */
  private final Map<String, String> members;

  private FactBindings(Map<String, Object> variables, Map<String, String> members) {
    this.variables = variables;
    this.members = members;
  }

  /**
   * {@return bindings of facts given as plain values}
   *
   * @param facts values are text, numbers or lists of numbers
   * @throws IllegalArgumentException if a value has not the fact's type
   */
  public static FactBindings of(Map<String, ?> facts) {
    Map<String, Object> variables = new HashMap<>();
    Map<String, String> members = new TreeMap<>();
    Map<String, Map<String, String>> families = new TreeMap<>();
    // Always there, so that a label that the machine has not is a missing key and nothing else.
    families.put(FactCatalog.LABELS, new TreeMap<>());
    new TreeMap<>(facts)
        .forEach((name, value) ->
            FactCatalog.typeOf(name)
                .ifPresent(type -> {
                  Object checked = FactValues.require(name, type, value);
                  if (!FactCatalog.all().containsKey(name)) {
                    String family = FactCatalog.familyOf(name).orElseThrow();
                    families
                        .computeIfAbsent(family, first -> new TreeMap<>())
                        .put(name.substring(family.length() + 1), (String) checked);
                    members.put(name, (String) checked);
                    return;
                  }
                  variables.put(name, checked);
                }));
    // A pod may have no label. Without pod or token there is nothing of which to say "has not".
    if (variables.containsKey(FactCatalog.POD + ".pod_uid")) {
      families.computeIfAbsent(FactCatalog.POD_LABELS, none -> new TreeMap<>());
    }
    families.forEach((family, entries) -> variables.put(family, Map.copyOf(entries)));
    return new FactBindings(Map.copyOf(variables), Map.copyOf(members));
  }

  /**
   * {@return bindings of {@code facts}}
   *
   * @throws IllegalArgumentException if a value has not the fact's type
   */
  public static FactBindings of(FactSet facts) {
    Map<String, Object> plain = new TreeMap<>();
    facts.facts().forEach((name, fact) -> plain.put(name, plain(fact.value())));
    return of(plain);
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

  /** {@return what conditions read, by variable} */
  Map<String, Object> variables() {
    return variables;
  }

  boolean has(String fact) {
    return text(fact).isPresent() || variables.containsKey(fact);
  }

  /** {@return the fact as text for a template, or empty if it is missing or a list} */
  Optional<String> text(String fact) {
    String member = members.get(fact);
    if (member != null) {
      return Optional.of(member);
    }
    return switch (variables.get(fact)) {
      case String text -> Optional.of(text);
      case Long number -> Optional.of(Long.toString(number));
      case null, default -> Optional.empty();
    };
  }
}
