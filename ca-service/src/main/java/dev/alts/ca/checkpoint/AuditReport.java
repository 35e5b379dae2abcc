package dev.alts.ca.checkpoint;

import dev.alts.ca.audit.AuditFinding;
import java.util.List;

/**
 * What a verification of the audit log found.
 *
 * @param events that were gone through
 * @param latest number of the latest checkpoint; 0: there is none
 * @param findings none: the log is whole
 */
public record AuditReport(
    int chains, long events, int checkpoints, long latest, List<AuditFinding> findings) {
  public AuditReport {
    findings = List.copyOf(findings);
  }
}
