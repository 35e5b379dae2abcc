package dev.alts.ca.audit;

import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Reads and recomputes the chains that the database keeps. Thread-safe. */
public final class AuditChains {
  private static final String HEADS =
      """
      select chain_id, incarnation, purpose, next_sequence - 1 as sequence, head, base_sequence,
        base_hash
      from audit_chain order by chain_id
      """;
  private static final int FETCH = 1000;

  private final JdbcTemplate jdbc;

  public AuditChains(JdbcTemplate jdbc) {
    this.jdbc = streaming(jdbc);
  }

  /** A chain may be longer than memory. */
  private static JdbcTemplate streaming(JdbcTemplate jdbc) {
    if (jdbc.getDataSource() == null) {
      throw new IllegalArgumentException("jdbc: (expected: one with a data source)");
    }
    JdbcTemplate streaming = new JdbcTemplate(jdbc.getDataSource());
    streaming.setFetchSize(FETCH);
    return streaming;
  }

  /** What a checkpoint says about a chain. */
  public record Mark(long sequence, Bytes hash, long checkpoint) {}

  /** {@return the heads of all chains, as of one moment} */
  public ChainHeads heads() {
    ChainHeads heads = new ChainHeads();
    jdbc.query(
        HEADS,
        row -> {
          heads.put(head(row));
        });
    return heads;
  }

  /** {@return one sentence for each thing that is not as it was recorded; none: all is whole} */
  public List<String> findings() {
    return verify(Map.of()).stream()
        .map(finding -> finding.where() + ": " + finding.explanation())
        .toList();
  }

  /**
   * Replays every chain. The caller holds a transaction that reads one state of the database.
   *
   * @param marks through which the chains must go, by chain, in the order of their sequences
   */
  public List<AuditFinding> verify(Map<Long, List<Mark>> marks) {
    List<AuditFinding> findings = new ArrayList<>();
    Map<Long, ChainHead> heads = new HashMap<>(heads().byChain());
    for (ChainHead head :
        heads.values().stream().sorted((a, b) -> Long.compare(a.chainId(), b.chainId())).toList()) {
      ChainReplay replay =
          new ChainReplay(head, marks.getOrDefault(head.chainId(), List.of()), findings);
      jdbc.query(
          """
          select sequence, recorded_at, type, body, hash from audit_event
          where chain_id = ? order by sequence, recorded_at
          """,
          replay::event,
          head.chainId());
      replay.end();
    }
    jdbc.query(
        """
        select chain_id, count(*) as events from audit_event
        where chain_id not in (select chain_id from audit_chain) group by chain_id
        """,
        row -> {
          findings.add(
              new AuditFinding(
                  AuditFinding.What.UNKNOWN_CHAIN,
                  "chain " + row.getLong("chain_id"),
                  "has %d events and is not in the list of chains"
                      .formatted(row.getLong("events"))));
        });
    return findings;
  }

  private static ChainHead head(ResultSet row) throws SQLException {
    UUID incarnation = row.getObject("incarnation", UUID.class);
    String purpose = row.getString("purpose");
    byte[] baseHash = row.getBytes("base_hash");
    return new ChainHead(
        row.getLong("chain_id"),
        incarnation,
        purpose,
        row.getLong("sequence"),
        Bytes.copyOf(row.getBytes("head")),
        row.getLong("base_sequence"),
        baseHash == null ? AuditChain.empty(incarnation, purpose) : Bytes.copyOf(baseHash));
  }
}
