package dev.alts.ca.audit;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the log for people, newest first. Thread-safe. */
public final class AuditEvents {
  private final JdbcClient jdbc;

  AuditEvents(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What is asked for; null asks nothing.
   *
   * @param everything what replicas did as well, not only people
   * @param from recorded then or later; there is no index over what replicas did but by time
   * @param type name of the event's type
   * @param text that occurs in the event
   */
  public record Query(
      boolean everything,
      @Nullable Instant from,
      @Nullable Instant before,
      @Nullable String type,
      @Nullable String text,
      @Nullable Position after,
      int limit) {}

  /** Where a page ended. */
  public record Position(Instant recordedAt, long chainId, long sequence) {}

  /**
   * One event.
   *
   * @param body its JSON, exactly as it went into the hash
   */
  public record Recorded(
      long chainId, long sequence, Instant recordedAt, String type, String body) {
    public Position position() {
      return new Position(recordedAt, chainId, sequence);
    }
  }

  public List<Recorded> list(Query query) {
    Position after = query.after();
    StringBuilder sql =
        new StringBuilder(
            "select chain_id, sequence, recorded_at, type, body from audit_event where true");
    if (!query.everything()) {
      sql.append(" and chain_id in (select chain_id from audit_chain where purpose = 'admin')");
    }
    if (query.from() != null) {
      sql.append(" and recorded_at >= :from");
    }
    if (query.before() != null) {
      sql.append(" and recorded_at < :before");
    }
    if (query.type() != null) {
      sql.append(" and type = :type");
    }
    if (query.text() != null) {
      sql.append(" and position(:text in body) > 0");
    }
    if (after != null) {
      sql.append(" and (recorded_at, chain_id, sequence) < (:atTime, :atChain, :atSequence)");
    }
    sql.append(" order by recorded_at desc, chain_id desc, sequence desc limit :limit");
    JdbcClient.StatementSpec statement =
        jdbc.sql(sql.toString())
            .param("from", time(query.from()))
            .param("before", time(query.before()))
            .param("type", query.type())
            .param("text", query.text())
            .param("limit", query.limit());
    if (after != null) {
      statement =
          statement
              .param("atTime", time(after.recordedAt()))
              .param("atChain", after.chainId())
              .param("atSequence", after.sequence());
    }
    return statement.query((row, number) -> read(row)).list();
  }

  private static @Nullable Timestamp time(@Nullable Instant time) {
    return time == null ? null : Timestamp.from(time);
  }

  private static Recorded read(ResultSet row) throws SQLException {
    return new Recorded(
        row.getLong("chain_id"),
        row.getLong("sequence"),
        row.getTimestamp("recorded_at").toInstant(),
        row.getString("type"),
        row.getString("body"));
  }
}
