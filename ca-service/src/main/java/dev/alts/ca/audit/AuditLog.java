package dev.alts.ca.audit;

import java.util.List;

/** Appends to the hash chains of this replica. */
public interface AuditLog {
  /**
   * Records {@code event} in the transaction that the caller is in, or in its own if there is none.
   *
   * @throws AuditFailedException if it cannot be recorded; the act must not happen then
   */
  default void append(AuditEvent event) {
    append(List.of(event));
  }

  /** As {@link #append(AuditEvent)}, all or none, in order. */
  void append(List<? extends AuditEvent> events);
}
