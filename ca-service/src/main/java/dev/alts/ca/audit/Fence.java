package dev.alts.ca.audit;

/** Whether this replica may still act. */
public interface Fence {
  /**
   * Requires, in the transaction that the caller is in, that this replica holds its lease, and
   * keeps it from being given up until that transaction ends.
   *
   * @throws AuditFailedException if it does not
   */
  void requireHeld();
}
