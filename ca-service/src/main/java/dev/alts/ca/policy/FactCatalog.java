package dev.alts.ca.policy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The facts that rules can read, with their types, so that a misspelt name or a comparison of a
 * number with text fails when the rule is applied and not silently for ever.
 */
public final class FactCatalog {
  /** Labels of a machine, each a fact of its own: {@code machine.labels.KEY}. */
  public static final String LABELS = "machine.labels";

  /**
   * What the CA found in a token of an OIDC issuer (module exchange): {@code issuer} as admins
   * named it, {@code subject}, and the claims that are facts. No machine stands behind them.
   */
  public static final String OIDC = "verified.oidc";

  public static final String OIDC_ISSUER = OIDC + ".issuer";

  /** What the CA found out about the pod in which a process runs (module kubernetes). */
  public static final String POD = "verified.k8s";

  /** Labels of the pod; their keys may have dots and a slash. */
  public static final String POD_LABELS = POD + ".labels";

  /** In which pod the process runs, as its agent says. */
  public static final String STATED_POD = "workload.k8s.pod_uid";

  static final Pattern LABEL_KEY = Pattern.compile("[A-Za-z0-9_-]{1,63}");

  private static final Pattern POD_LABEL_KEY = Pattern.compile("[A-Za-z0-9._/-]{1,317}");

  /** Families of text facts whose last names are not known beforehand, and what these may be. */
  private static final Map<String, Pattern> FAMILIES =
      Map.of(LABELS, LABEL_KEY, OIDC, LABEL_KEY, POD_LABELS, POD_LABEL_KEY);

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
    FACTS.put(STATED_POD, FactType.TEXT);
    FACTS.put(POD + ".cluster", FactType.TEXT);
    FACTS.put(POD + ".ns", FactType.TEXT);
    FACTS.put(POD + ".sa", FactType.TEXT);
    FACTS.put(POD + ".pod", FactType.TEXT);
    FACTS.put(POD + ".pod_uid", FactType.TEXT);
    FACTS.put(POD + ".node", FactType.TEXT);
    FACTS.put(POD + ".owner_kind", FactType.TEXT);
    FACTS.put(POD + ".owner_name", FactType.TEXT);
    FACTS.put(POD + ".image_digests", FactType.TEXT_LIST);
  }

  /** What a fact's value is. */
  public enum FactType {
    TEXT,
    NUMBER,
    NUMBER_LIST,
    TEXT_LIST
  }

  private FactCatalog() {}

  /** {@return the type of the fact, or empty if no rule can read it} */
  public static Optional<FactType> typeOf(String name) {
    FactType known = FACTS.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    return FAMILIES.entrySet().stream()
        .filter(family -> name.startsWith(family.getKey() + "."))
        .filter(family ->
            family.getValue().matcher(name.substring(family.getKey().length() + 1)).matches())
        .findFirst()
        .map(family -> FactType.TEXT);
  }

  /** {@return the family that the fact belongs to, if it belongs to one} */
  static Optional<String> familyOf(String name) {
    return FAMILIES.keySet().stream().filter(family -> name.startsWith(family + ".")).findFirst();
  }

  static Set<String> families() {
    return FAMILIES.keySet();
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

  /**
   * {@return whether an agent that lies has a choice} The CA verified a pod's facts, but of which
   * of its machine's pods it verifies them the agent says.
   */
  static boolean isChosenByAgent(String name) {
    return isStatedByAgent(name) || name.equals(POD) || name.startsWith(POD + ".");
  }

  /** {@return whether facts of this name come from a token, with no machine behind it} */
  static boolean isOfToken(String name) {
    return name.equals(OIDC) || name.startsWith(OIDC + ".");
  }

  /** {@return every fact but those of families, by name} */
  static Map<String, FactType> all() {
    return Map.copyOf(FACTS);
  }
}
