package dev.alts.ca.ledger;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.checkpoint.Checkpoints;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Forgets certificates that expired long ago. */
final class CertificateRetention {
  private static final Logger log = LoggerFactory.getLogger(CertificateRetention.class);

  /** What was recorded just before a checkpoint may not have been committed when it looked. */
  private static final Duration STILL_COMMITTING = Duration.ofMinutes(5);

  private static final int AT_ONCE = 10_000;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final PartitionedTable table;
  private final Checkpoints checkpoints;
  private final AuditLog audit;
  private final Duration retention;

  CertificateRetention(
      JdbcTemplate jdbc,
      TransactionTemplate transactions,
      PartitionedTable table,
      Checkpoints checkpoints,
      AuditLog audit,
      Duration retention) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.table = table;
    this.checkpoints = checkpoints;
    this.audit = audit;
    this.retention = retention;
  }

  void drop(Instant now) {
    Instant cutoff = now.minus(retention);
    Instant covered = checkpoints.coveredUntil().orElse(Instant.MIN);
    for (Partition partition : table.partitions()) {
      if (partition.end().isAfter(cutoff)) {
        continue;
      }
      try {
        drop(partition, covered);
      } catch (DataAccessException e) {
        PartitionedTable.requireInUse(e);
        log.info("partition not dropped now, the table is in use: {}", partition.name());
      }
    }
    emptyDefault(cutoff, covered);
  }

  private void drop(Partition partition, Instant covered) {
    transactions.executeWithoutResult(status -> {
      table.lock();
      if (table.partitions().stream().noneMatch(partition::equals)) {
        return;
      }
      if (!isCovered(table.newest(partition.name(), "recorded_at"), covered)) {
        log.warn("partition kept, no audit checkpoint covers it yet: {}", partition.name());
        return;
      }
      audit.append(
          new AuditEvent.LedgerDropped(partition.name(), partition.end(), count(partition)));
      table.drop(partition.name());
      log.info("partition dropped name={}", partition.name());
    });
  }

  private static boolean isCovered(@Nullable Instant recorded, Instant covered) {
    return recorded == null
        || (!covered.equals(Instant.MIN) && recorded.isBefore(covered.minus(STILL_COMMITTING)));
  }

  private long count(Partition partition) {
    Long count = jdbc.queryForObject("select count(*) from " + partition.name(), Long.class);
    return count == null ? 0 : count;
  }

  /** What was written before its partition was made, or lives longer than any is made ahead. */
  private void emptyDefault(Instant cutoff, Instant covered) {
    if (covered.equals(Instant.MIN)) {
      return;
    }
    int deleted;
    do {
      deleted =
          jdbc.update(
              """
              delete from certificate_default where ctid = any (array (
                select ctid from certificate_default
                where not_after < ? and recorded_at < ? limit ?))
              """,
              Timestamp.from(cutoff),
              Timestamp.from(covered.minus(STILL_COMMITTING)),
              AT_ONCE);
    } while (deleted == AT_ONCE);
  }
}
