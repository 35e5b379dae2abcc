package dev.alts.ca.ledger;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.audit.ChainHead;
import dev.alts.ca.checkpoint.Checkpoints;
import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Forgets old audit events so that the log can still be verified: each chain keeps where it begins
 * now, and a checkpoint of the same transaction signs that. A partition that is dropped by anybody
 * else is missed by the next verification.
 */
final class AuditRetention {
  private static final Logger log = LoggerFactory.getLogger(AuditRetention.class);

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final PartitionedTable table;
  private final Checkpoints checkpoints;
  private final AuditLog audit;
  private final Duration retention;

  AuditRetention(
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

  /**
   * Oldest first, and none behind one that must stay: a chain is only shortened at its beginning.
   */
  void drop(Instant now) {
    Instant cutoff = now.minus(retention);
    try {
      Instant newest = table.newest(table.defaultName(), "recorded_at");
      if (newest != null && (!newest.isBefore(cutoff) || !forget(table.defaultName(), newest))) {
        return;
      }
      for (Partition partition : table.partitions()) {
        if (partition.end().isAfter(cutoff) || !forget(partition.name(), partition.end())) {
          return;
        }
      }
    } catch (DataAccessException e) {
      PartitionedTable.requireInUse(e);
      log.info("audit partition not dropped now, the table is in use");
    }
  }

  private boolean forget(String partition, Instant until) {
    Boolean done =
        transactions.execute(status -> {
          lock();
          List<Piece> pieces = pieces(partition, until);
          Map<Long, ChainHead> covered = checkpoints.covered();
          for (Piece piece : pieces) {
            if (!mayForget(piece, covered.get(piece.chainId()), partition)) {
              return false;
            }
          }
          audit.append(
              new AuditEvent.LedgerDropped(
                  partition, until, pieces.stream().mapToLong(Piece::count).sum()));
          pieces.forEach(this::moveBase);
          if (partition.equals(table.defaultName())) {
            // What was recorded since we looked stays, and so does our own event.
            jdbc.update(
                "delete from %s where recorded_at <= ?::timestamptz".formatted(partition),
                until.toString());
          } else {
            table.drop(partition);
          }
          checkpoints.sign();
          log.info("audit events dropped partition={}", partition);
          return true;
        });
    return Boolean.TRUE.equals(done);
  }

  /**
   * Waits until no event is on its way, in the order in which an append takes them: chains before
   * events. In any other, or chain by chain, an append and a drop could wait for each other.
   */
  private void lock() {
    table.lock();
    // Readers go on, among them the signer of checkpoints.
    jdbc.execute("lock table audit_chain in exclusive mode");
    jdbc.execute("lock table audit_event in access exclusive mode");
  }

  private static boolean mayForget(Piece piece, @Nullable ChainHead covered, String partition) {
    if (covered == null || covered.sequence() < piece.last()) {
      log.warn(
          "audit events kept, no checkpoint covers them yet: partition={} chain={}",
          partition,
          piece.chainId());
      return false;
    }
    if (piece.first() != piece.base() + 1 || piece.last() - piece.base() != piece.count()) {
      // Tampering, or a clock that was set back: either must be seen by people first.
      log.error(
          "audit events kept, they are not the beginning of their chain: partition={} chain={};"
              + " run altsctl audit verify",
          partition,
          piece.chainId());
      return false;
    }
    return true;
  }

  private void moveBase(Piece piece) {
    jdbc.update(
        "update audit_chain set base_sequence = ?, base_hash = ? where chain_id = ?",
        piece.last(),
        piece.lastHash().toByteArray(),
        piece.chainId());
  }

  private List<Piece> pieces(String partition, Instant until) {
    return jdbc.query(
        """
        select e.chain_id, min(e.sequence) as first, max(e.sequence) as last, count(*) as count,
          (array_agg(e.hash order by e.sequence desc))[1] as last_hash, coalesce(c.base_sequence, 0) as base
        from %s e left join audit_chain c using (chain_id)
        where e.recorded_at <= ?::timestamptz group by e.chain_id, c.base_sequence
        """
            .formatted(partition),
        (row, number) -> Piece.of(row),
        until.toString());
  }

  /** What a partition has of one chain. */
  private record Piece(long chainId, long first, long last, long count, Bytes lastHash, long base) {
    static Piece of(ResultSet row) throws SQLException {
      return new Piece(
          row.getLong("chain_id"),
          row.getLong("first"),
          row.getLong("last"),
          row.getLong("count"),
          Bytes.copyOf(row.getBytes("last_hash")),
          row.getLong("base"));
    }
  }
}
