package dev.alts.cli.spire.rules;

import java.util.Map;

/**
 * What the user decides about an import.
 *
 * @param trustDomain whose entries count; empty: the domain of most
 * @param open whether a fact that the path repeats may have any value, not only those of entries
 * @param defaultTtl seconds of entries that leave it to the server
 * @param maxTtl seconds, the longest that the CA takes
 * @param adminIdentities whether admin entries are imported as ordinary ones
 * @param facts the user's own facts, by what a selector of processes begins with
 * @param labels the user's own machine labels, by what a selector of machines begins with
 * @param machines the user's own machine names, by agent ID
 */
public record ImportOptions(
    String trustDomain,
    boolean open,
    int defaultTtl,
    int maxTtl,
    boolean adminIdentities,
    Map<String, String> facts,
    Map<String, String> labels,
    Map<String, String> machines) {
  /** The shortest life that the CA takes, in seconds. */
  static final int MIN_TTL = 10;

  public ImportOptions {
    facts = Map.copyOf(facts);
    labels = Map.copyOf(labels);
    machines = Map.copyOf(machines);
  }

  /** {@return nothing out of the ordinary, for entries of {@code trustDomain}} */
  public static ImportOptions of(String trustDomain) {
    return new ImportOptions(trustDomain, false, 3600, 86_400, false, Map.of(), Map.of(), Map.of());
  }
}
