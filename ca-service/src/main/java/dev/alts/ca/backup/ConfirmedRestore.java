package dev.alts.ca.backup;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes a confirmed restore into the audit log. The confirmation comes before there is a log, and
 * nobody is served before this is done.
 */
final class ConfirmedRestore implements SmartInitializingSingleton {
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final AuditLog audit;

  ConfirmedRestore(JdbcTemplate jdbc, TransactionTemplate transaction, AuditLog audit) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.audit = audit;
  }

  @Override
  public void afterSingletonsInstantiated() {
    transaction.executeWithoutResult(status -> record());
  }

  private void record() {
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
        .forEach(audit::append);
  }
}
