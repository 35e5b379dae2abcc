package dev.alts.ca.policy;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The facts that rules can read, with their types, so that a misspelt name or a comparison of a
 * number with text fails when the rule is applied and not silently for ever.
 */
public final class FactCatalog {
  /** Labels of a machine, each a fact of its own: {@code machine.labels.KEY}. */
  public static final String LABELS = "machine.labels";

  static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  private static final Map<String, FactType> FACTS = new TreeMap<>();

  static {
    FACTS.put("machine.name", FactType.TEXT);
    FACTS.put("machine.boundary", FactType.TEXT);
    FACTS.put("machine.attestor", FactType.TEXT);
    FACTS.put("workload.unix.uid", FactType.NUMBER);
    FACTS.put("workload.unix.user", FactType.TEXT);
    FACTS.put("workload.unix.gid", FactType.NUMBER);
    FACTS.put("workload.unix.gids", FactType.NUMBER_LIST);
    FACTS.put("workload.unix.supplementary_gids", FactType.NUMBER_LIST);
    FACTS.put("workload.unix.path", FactType.TEXT);
    FACTS.put("workload.unix.sha256", FactType.TEXT);
  }

  /** What a fact's value is. */
  public enum FactType {
    TEXT,
    NUMBER,
    NUMBER_LIST
  }

  private FactCatalog() {}

  /** {@return the type of the fact, or empty if no rule can read it} */
  public static Optional<FactType> typeOf(String name) {
    if (name.startsWith(LABELS + ".")) {
      return isLabelKey(name.substring(LABELS.length() + 1))
          ? Optional.of(FactType.TEXT)
          : Optional.empty();
    }
    return Optional.ofNullable(FACTS.get(name));
  }

  /** {@return whether {@code key} may be a label's key} */
  public static boolean isLabelKey(String key) {
    return LABEL_KEY.matcher(key).matches();
  }

  /** {@return whether the CA itself vouches for facts of this name} */
  static boolean isVerifiedByCa(String name) {
    return name.startsWith("machine.") || name.startsWith("verified.");
  }

  static boolean isStatedByAgent(String name) {
    return name.startsWith("workload.");
  }

  /** {@return every fact but the labels, by name} */
  static Map<String, FactType> all() {
    return Map.copyOf(FACTS);
  }
}
