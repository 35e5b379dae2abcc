package dev.alts.ca.backup;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes a confirmed restore into the audit log. The confirmation comes before there is a log, and
 * nothing else of the CA starts if this fails.
 */
final class ConfirmedRestore {
  ConfirmedRestore(JdbcTemplate jdbc, TransactionTemplate transaction, AuditLog audit) {
    transaction.executeWithoutResult(status ->
        jdbc.query(
                """
                update database_life set audited = true where not audited
                returning generation, restored_from::text as backup, backup_taken_at::text as taken
                """,
                (row, number) ->
                    new AuditEvent.OperatorActed(
                        "start option",
                        "confirmed a restored database: life %d, backup %s of %s"
                            .formatted(
                                row.getLong("generation"),
                                row.getString("backup"),
                                row.getString("taken"))))
            .forEach(audit::append));
  }
}
