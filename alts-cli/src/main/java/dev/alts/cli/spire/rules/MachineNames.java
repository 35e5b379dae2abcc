package dev.alts.cli.spire.rules;

import dev.alts.cli.spire.Selector;
import dev.alts.cli.spire.SpireAgent;
import dev.alts.cli.spire.SpireId;
import dev.alts.identity.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Names of the machines that SPIRE's agents stand for: as the user says, else the node's name of
 * Kubernetes, else the end of the agent's ID. No two agents have one name, so that a condition on a
 * name means one machine.
 */
public final class MachineNames {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
  private static final String NODE_NAME = "agent_node_name:";

  private final Map<SpireId, String> names;

  private MachineNames(Map<SpireId, String> names) {
    this.names = names;
  }

  /**
   * {@return names for all of {@code ids}}
   *
   * @param chosen by agent ID; may leave out any
   * @throws IllegalArgumentException if a chosen name is none, or is two machines'
   */
  public static MachineNames of(
      Collection<SpireId> ids, Collection<SpireAgent> agents, Map<String, String> chosen) {
    Map<SpireId, String> names = new HashMap<>();
    Map<SpireId, String> wanted = new HashMap<>();
    ids.forEach(id -> wanted.put(id, wanted(id, Optional.empty())));
    agents.forEach(agent -> wanted.put(agent.id(), wanted(agent.id(), Optional.of(agent))));
    Map<String, Integer> uses = new HashMap<>();
    wanted.forEach((id, name) -> {
      String own = chosen.get(id.toString());
      if (own != null) {
        names.put(id, require(id, own));
      }
      uses.merge(own == null ? name : own, 1, Integer::sum);
    });
    wanted.forEach((id, name) -> {
      boolean alone = uses.getOrDefault(name, 0) == 1;
      names.putIfAbsent(id, alone && NAME.matcher(name).matches() ? name : digest(id));
    });
    requireDistinct(names);
    return new MachineNames(names);
  }

  /** {@return the machine's name, or empty if the agent is none of those asked for} */
  public Optional<String> find(SpireId agent) {
    return Optional.ofNullable(names.get(agent));
  }

  String of(SpireId agent) {
    return find(agent).orElseThrow(() -> new IllegalStateException("no name for " + agent));
  }

  private static String wanted(SpireId id, Optional<SpireAgent> agent) {
    return agent.stream()
        .flatMap(known -> known.selectors().stream())
        .filter(selector -> selector.type().startsWith("k8s_"))
        .map(Selector::value)
        .filter(value -> value.startsWith(NODE_NAME))
        .map(value -> value.substring(NODE_NAME.length()))
        .findFirst()
        .orElseGet(() -> id.path().substring(id.path().lastIndexOf('/') + 1))
        .toLowerCase(Locale.ROOT);
  }

  private static String digest(SpireId id) {
    return "spire-"
        + Sha256.of(id.toString().getBytes(StandardCharsets.UTF_8)).toHex().substring(0, 32);
  }

  private static String require(SpireId id, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "machine of %s: \"%s\" (expected: 1 to 63 of a-z, 0-9, '.', '-', '_')"
              .formatted(id, name));
    }
    return name;
  }

  private static void requireDistinct(Map<SpireId, String> names) {
    Map<String, Set<String>> byName = new TreeMap<>();
    names.forEach((id, name) ->
        byName.computeIfAbsent(name, n -> new java.util.TreeSet<>()).add(id.toString()));
    byName.forEach((name, ids) -> {
      if (ids.size() > 1) {
        throw new IllegalArgumentException(
            "machine \"%s\" is chosen for two agents: %s".formatted(name, ids));
      }
    });
  }
}
