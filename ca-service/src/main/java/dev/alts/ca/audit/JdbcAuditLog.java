package dev.alts.ca.audit;

import dev.alts.ca.database.SqlArrays;
import dev.alts.identity.Bytes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the chains in the database. A chain's row is locked from an append to the end of the
 * transaction, so heads never fork and a rolled back act leaves no event. Thread-safe.
 */
final class JdbcAuditLog implements AuditLog {
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final Fence fence;
  private final Map<Purpose, Long> chainIds = new EnumMap<>(Purpose.class);

  /** Opens this incarnation's chains. */
  JdbcAuditLog(
      JdbcTemplate jdbc,
      PlatformTransactionManager transactions,
      ReplicaIncarnation incarnation,
      Fence fence) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.fence = fence;
    for (Purpose purpose : Purpose.values()) {
      chainIds.put(purpose, open(incarnation, purpose));
    }
  }

  @Override
  public void append(List<? extends AuditEvent> events) {
    try {
      transaction.executeWithoutResult(status -> {
        fence.requireHeld();
        for (Purpose purpose : Purpose.values()) {
          append(purpose, events.stream().filter(e -> Purpose.of(e) == purpose).toList());
        }
      });
    } catch (DataAccessException | TransactionException e) {
      throw new AuditFailedException("the audit log does not take the event", e);
    }
  }

  private void append(Purpose purpose, List<? extends AuditEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    long chainId = chainId(purpose);
    Head head =
        jdbc.queryForObject(
            """
            select next_sequence, head, closed_at is not null as closed, clock_timestamp() as now
            from audit_chain where chain_id = ? for update
            """,
            (row, number) -> Head.of(row),
            chainId);
    if (head == null || head.closed()) {
      throw new AuditFailedException("this replica's audit chain was closed", null);
    }
    List<Row> rows = new ArrayList<>();
    long sequence = head.nextSequence();
    Bytes hash = head.hash();
    OffsetDateTime recordedAt = head.now().atOffset(ZoneOffset.UTC);
    for (AuditEvent event : events) {
      String type = AuditText.typeOf(event);
      String body = AuditText.bodyOf(event);
      hash = AuditChain.next(hash, sequence, head.now(), type, body);
      rows.add(new Row(sequence, type, body, hash));
      sequence++;
    }
    insert(chainId, recordedAt, rows);
    jdbc.update(
        "update audit_chain set next_sequence = ?, head = ? where chain_id = ?",
        sequence,
        hash.toByteArray(),
        chainId);
  }

  /** An event in its place of the chain. */
  private record Row(long sequence, String type, String body, Bytes hash) {}

  private void insert(long chainId, OffsetDateTime recordedAt, List<Row> rows) {
    jdbc.update(connection -> {
      PreparedStatement insert =
          connection.prepareStatement(
              """
              insert into audit_event (sequence, type, body, hash, chain_id, recorded_at)
              select sequence, type, body, hash, ?, ?
              from unnest(?::bigint[], ?::text[], ?::text[], ?::bytea[])
                as event (sequence, type, body, hash)
              """);
      insert.setLong(1, chainId);
      insert.setObject(2, recordedAt);
      new SqlArrays<>(connection, insert, rows)
          .after(2)
          .numbers(Row::sequence)
          .texts(Row::type)
          .texts(Row::body)
          .bytes(Row::hash);
      return insert;
    });
  }

  private long chainId(Purpose purpose) {
    Long chainId = chainIds.get(purpose);
    if (chainId == null) {
      throw new AssertionError("a chain was opened for every purpose");
    }
    return chainId;
  }

  private long open(ReplicaIncarnation incarnation, Purpose purpose) {
    String name = purpose.column();
    Long chainId =
        jdbc.queryForObject(
            "insert into audit_chain (incarnation, purpose, head) values (?, ?, ?) returning chain_id",
            Long.class,
            incarnation.id(),
            name,
            AuditChain.empty(incarnation.id(), name).toByteArray());
    if (chainId == null) {
      throw new AssertionError("an insert returns its key");
    }
    return chainId;
  }

  private record Head(long nextSequence, Bytes hash, boolean closed, Instant now) {
    static Head of(ResultSet row) throws SQLException {
      return new Head(
          row.getLong("next_sequence"),
          Bytes.copyOf(row.getBytes("head")),
          row.getBoolean("closed"),
          row.getObject("now", OffsetDateTime.class).toInstant());
    }
  }
}
