package dev.alts.report;

import java.util.List;
import java.util.Map;

/**
 * A report as it is at one moment: all since the start of the process.
 *
 * @param denials the latest ones, oldest first
 * @param unnamedTargets how many connections went to each target that the naming policy does not
 *     name
 */
public record ReportContents(
    Map<String, Long> counters,
    List<ReportedDenial> denials,
    List<ClearTextPeer> clearTextPeers,
    Map<String, Long> unnamedTargets) {
  public ReportContents {
    counters = Map.copyOf(counters);
    denials = List.copyOf(denials);
    clearTextPeers = List.copyOf(clearTextPeers);
    unnamedTargets = Map.copyOf(unnamedTargets);
  }
}
