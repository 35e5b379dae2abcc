package dev.alts.ca.ledger;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A table that is partitioned by a column of time, with a default partition for what no other
 * takes. Thread-safe; replicas work one by one.
 *
 * <p>Nobody waits long for it: a lock that is not to be had within {@value #LOCK_TIMEOUT} is left
 * for the next round.
 */
final class PartitionedTable {
  private static final Logger log = LoggerFactory.getLogger(PartitionedTable.class);

  /** As many rows as are moved out of the default partition in a moment that nobody notices. */
  private static final int MOVABLE = 20_000;

  private static final String LOCK_TIMEOUT = "2s";
  private static final String LOCK_NOT_AVAILABLE = "55P03";
  private static final long LOCK = 0x414c_5453_0000_0002L;

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transactions;
  private final String table;
  private final String column;
  private final int days;

  /**
   * @param table and {@code column}: our own names, never from outside
   * @param days that a partition has
   */
  PartitionedTable(
      JdbcTemplate jdbc, TransactionTemplate transactions, String table, String column, int days) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.table = table;
    this.column = column;
    this.days = days;
  }

  String defaultName() {
    return table + "_default";
  }

  /** {@return partitions in the order of time, without the default} */
  List<Partition> partitions() {
    return jdbc
        .query(
            """
            select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = ?::regclass order by c.relname
            """,
            (row, number) -> Partition.ofName(row.getString("relname")),
            table)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /**
   * Makes what is missing, so that everything from {@code now} to {@code until} has a partition.
   */
  void makeAhead(Instant now, Instant until) {
    List<Partition> existing = new ArrayList<>(partitions());
    LocalDate end = until.atZone(ZoneOffset.UTC).toLocalDate();
    for (LocalDate day = bucket(now); !day.isAfter(end); day = day.plusDays(days)) {
      Partition wanted = new Partition(table, day, day.plusDays(days));
      boolean overlaps =
          existing.stream()
              .anyMatch(other ->
                  other.from().isBefore(wanted.until()) && wanted.from().isBefore(other.until()));
      if (!overlaps) {
        make(wanted, !day.isAfter(now.atZone(ZoneOffset.UTC).toLocalDate()));
      }
    }
  }

  /** {@return the first day of the partition that {@code time} is in} */
  private LocalDate bucket(Instant time) {
    long day = time.atZone(ZoneOffset.UTC).toLocalDate().toEpochDay();
    return LocalDate.ofEpochDay(day - Math.floorMod(day, days));
  }

  /**
   * @param isPresent whether rows for it are written already. One on its way into the default
   *     partition would fail when this one takes its place, so they are waited for, and hold back
   */
  private void make(Partition wanted, boolean isPresent) {
    try {
      transactions.executeWithoutResult(status -> {
        lock();
        if (partitions().stream().anyMatch(wanted::equals)) {
          return;
        }
        if (isPresent) {
          jdbc.execute("lock table only %s in share row exclusive mode".formatted(table));
        }
        int strays = strays(wanted);
        if (strays > MOVABLE) {
          // An installation from before there were partitions; those rows end in the default one.
          return;
        }
        jdbc.execute(
            "create table %s (like %s including defaults including constraints)"
                .formatted(wanted.name(), table));
        if (strays > 0) {
          move(wanted);
        }
        // Unlike CREATE ... PARTITION OF, it lets others write into the table meanwhile.
        jdbc.execute(
            "alter table %s attach partition %s for values from ('%s') to ('%s')"
                .formatted(table, wanted.name(), wanted.start(), wanted.end()));
        log.info("partition made name={} moved={}", wanted.name(), strays);
      });
    } catch (DataAccessException e) {
      requireInUse(e);
      log.info("partition not made now, {} is in use: {}", table, wanted.name());
    }
  }

  private int strays(Partition wanted) {
    Integer strays =
        jdbc.queryForObject(
            "select count(*) from (select from %s where %s >= ?::timestamptz and %s < ?::timestamptz limit %d) as few"
                .formatted(defaultName(), column, column, MOVABLE + 1),
            Integer.class,
            wanted.start().toString(),
            wanted.end().toString());
    return strays == null ? 0 : strays;
  }

  private void move(Partition wanted) {
    jdbc.execute("lock table %s in access exclusive mode".formatted(defaultName()));
    jdbc.execute(
        """
        with moved as (
          delete from %s where %s >= '%s' and %s < '%s' returning *)
        insert into %s select * from moved
        """
            .formatted(defaultName(), column, wanted.start(), column, wanted.end(), wanted.name()));
  }

  /**
   * Drops a partition, in the caller's transaction.
   *
   * @param partition its name
   */
  void drop(String partition) {
    jdbc.execute("drop table " + partition);
  }

  /** Passes over what a lock that was not to be had in time threw, and nothing else. */
  static void requireInUse(DataAccessException failure) {
    if (!(NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException cause)
        || !LOCK_NOT_AVAILABLE.equals(cause.getSQLState())) {
      throw failure;
    }
  }

  /** Waits its turn among the replicas, and never long for a lock on the table. */
  void lock() {
    jdbc.execute("set local lock_timeout = '%s'".formatted(LOCK_TIMEOUT));
    jdbc.query("select pg_advisory_xact_lock(?)", row -> {}, LOCK);
  }

  /** {@return the newest time in a partition, by any of its columns; null: it is empty} */
  @Nullable Instant newest(String partition, String timeColumn) {
    Timestamp newest =
        jdbc.queryForObject(
            "select max(%s) from %s".formatted(timeColumn, partition), Timestamp.class);
    return newest == null ? null : newest.toInstant();
  }
}
