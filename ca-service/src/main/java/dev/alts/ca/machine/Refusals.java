package dev.alts.ca.machine;

import dev.alts.api.machine.v1.IssueItem;
import dev.alts.api.machine.v1.Refusal;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What machines were refused: all of it in the audit log, the last of each machine with what it had
 * said, so that it can be explained. However often a machine asks, it keeps {@link #PER_MACHINE}.
 */
@Component
public class Refusals {
  static final int PER_MACHINE = 100;
  private static final int MAX_EXPLANATION = 4000;
  private static final int CLEAN_UP_EVERY = 64;

  private final AuditLog audit;
  private final JdbcClient jdbc;

  Refusals(AuditLog audit, JdbcClient jdbc) {
    this.audit = audit;
    this.jdbc = jdbc;
  }

  /**
   * A refusal.
   *
   * @param question what the machine said about the process, as it said it
   */
  public record Kept(
      long id,
      MachineName machine,
      String reason,
      String explanation,
      long ruleVersion,
      Bytes question,
      Instant refusedAt) {}

  void record(MachineName machine, IssueItem item, Refusal refusal) {
    audit.append(
        new AuditEvent.IdentityRefused(
            machine.text(), refusal.getRuleVersion(), refusal.getExplanation()));
    String explanation = refusal.getExplanation();
    long id =
        jdbc.sql(
                """
                INSERT INTO refusal (machine, reason, explanation, rule_version, question)
                VALUES (:machine, :reason, :explanation, :version, :question) RETURNING id\
                """)
            .param("machine", machine.text())
            .param("reason", refusal.getReason().name())
            // An agent's text can be in it; a row has a size all the same.
            .param(
                "explanation",
                explanation.substring(0, Math.min(explanation.length(), MAX_EXPLANATION)))
            .param("version", refusal.getRuleVersion())
            .param(
                "question",
                IssueDecisions.question(item.toBuilder().clearVerifiedPod().build()).toByteArray())
            .query(Long.class)
            .single();
    jdbc.sql(
            """
            DELETE FROM refusal WHERE machine = :machine AND id <= (
                SELECT id FROM refusal WHERE machine = :machine
                ORDER BY id DESC OFFSET :most LIMIT 1)\
            """)
        .param("machine", machine.text())
        .param("most", PER_MACHINE)
        .update();
    if (id % CLEAN_UP_EVERY == 0) {
      jdbc.sql("DELETE FROM refusal WHERE refused_at < clock_timestamp() - interval '7 days'")
          .update();
    }
  }

  public Optional<Kept> find(long id) {
    return jdbc.sql("SELECT * FROM refusal WHERE id = :id")
        .param("id", id)
        .query(Refusals::kept)
        .optional();
  }

  /** {@return refusals of one machine, or of all if {@code machine} is empty, newest first} */
  public List<Kept> list(String machine, long before, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM refusal WHERE id < :before AND (:machine = '' OR machine = :machine)
            ORDER BY id DESC LIMIT :limit\
            """)
        .param("before", before)
        .param("machine", machine)
        .param("limit", limit)
        .query(Refusals::kept)
        .list();
  }

  private static Kept kept(ResultSet row, int number) throws SQLException {
    return new Kept(
        row.getLong("id"),
        new MachineName(row.getString("machine")),
        row.getString("reason"),
        row.getString("explanation"),
        row.getLong("rule_version"),
        Bytes.copyOf(row.getBytes("question")),
        row.getTimestamp("refused_at").toInstant());
  }
}
