package dev.alts.ca.ledger;

import dev.alts.ca.replica.Duties;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Makes partitions ahead and drops old ones, again and again until it is closed. One replica does
 * it; a lock in the database covers the moment in which it changes.
 */
final class LedgerUpkeep implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LedgerUpkeep.class);

  /** A job that did not run for this long does no harm. */
  private static final Duration AHEAD = Duration.ofDays(3);

  private static final Duration END = Duration.ofSeconds(2);

  private static final String DUTY = "ledger";

  private final Duties duties;
  private final JdbcTemplate jdbc;
  private final Kept<CertificateRetention> certificates;
  private final Kept<AuditRetention> events;
  private final Duration longestCertificate;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("ledger").daemon().factory());

  /** A table and who empties it. */
  record Kept<T>(PartitionedTable table, T retention) {}

  LedgerUpkeep(
      Duties duties,
      JdbcTemplate jdbc,
      Kept<CertificateRetention> certificates,
      Kept<AuditRetention> events,
      Duration longestCertificate) {
    this.duties = duties;
    this.jdbc = jdbc;
    this.certificates = certificates;
    this.events = events;
    this.longestCertificate = longestCertificate;
  }

  /** Begins at once, in the background: nothing waits for a partition, the default takes it. */
  void start(Duration every) {
    ScheduledFuture<?> started =
        executor.scheduleWithFixedDelay(this::attempt, 0, every.toMillis(), TimeUnit.MILLISECONDS);
    log.debug("ledger upkeep started: {}", started);
  }

  private void attempt() {
    try {
      var _ = duties.attempt(DUTY, this::round);
    } catch (RuntimeException e) {
      log.error("ledger upkeep failed, will be tried again: {}", e.toString());
    }
  }

  /** Does everything once. */
  void round() {
    Instant now = now();
    certificates.table().makeAhead(now, now.plus(longestCertificate).plus(AHEAD));
    events.table().makeAhead(now, now.plus(AHEAD));
    certificates.retention().drop(now);
    events.retention().drop(now);
    warnOfStrays();
  }

  /** By the database's clock, by which certificates expire. */
  private Instant now() {
    Timestamp now = jdbc.queryForObject("select clock_timestamp()", Timestamp.class);
    if (now == null) {
      throw new AssertionError("clock_timestamp() is never null");
    }
    return now.toInstant();
  }

  private void warnOfStrays() {
    Integer strays =
        jdbc.queryForObject(
            """
            select count(*) from (
              select from certificate_default where not_after > clock_timestamp() limit 1000) as few
            """,
            Integer.class);
    if (strays != null && strays > 0) {
      log.warn(
          "{}{} certificates lie in the default partition; they are deleted row by row after their"
              + " retention",
          strays == 1000 ? "at least " : "",
          strays);
    }
  }

  @Override
  public void close() {
    executor.shutdown();
    try {
      // The database goes away next.
      var _ = executor.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
