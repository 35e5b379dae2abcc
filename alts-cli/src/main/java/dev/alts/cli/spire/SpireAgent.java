package dev.alts.cli.spire;

import java.util.List;
import java.util.TreeSet;

/**
 * A machine's agent that attested itself to SPIRE.
 *
 * @param selectors what the server found out about the machine, sorted, each once
 */
public record SpireAgent(
    SpireId id, String attestationType, List<Selector> selectors, boolean banned) {
  public SpireAgent {
    selectors = List.copyOf(new TreeSet<>(selectors));
  }
}
