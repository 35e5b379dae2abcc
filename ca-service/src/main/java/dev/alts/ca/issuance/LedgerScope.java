package dev.alts.ca.issuance;

import java.util.List;
import java.util.Optional;

/**
 * Which part of the ledger somebody may see.
 *
 * @param whole everything; {@code parts} says nothing then
 * @param parts what is in one of them is seen; none: nothing is
 */
public record LedgerScope(boolean whole, List<Part> parts) {
  public static final LedgerScope WHOLE = new LedgerScope(true, List.of());

  public LedgerScope {
    parts = List.copyOf(parts);
  }

  public static LedgerScope of(List<Part> parts) {
    return new LedgerScope(false, parts);
  }

  /**
   * Certificates that meet both.
   *
   * @param identities how their SPIFFE IDs begin, in whole segments; empty: any
   * @param machines names of the machines that they are on; empty: any
   */
  public record Part(String identities, Optional<List<String>> machines) {
    public Part {
      machines = machines.map(List::copyOf);
    }
  }
}
