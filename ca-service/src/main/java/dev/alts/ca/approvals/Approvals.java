package dev.alts.ca.approvals;

import dev.alts.ca.humans.HumanName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;

/**
 * Acts that wait for a second admin. Every decision is one statement, so that of many approvals of
 * one act one at most takes it. Time is the database's.
 */
@Service
public class Approvals {
  /** An admin must not be able to fill the table, or the others' list (abuse-41). */
  public static final int MOST_PENDING = 50;

  private static final int MAX_OUTCOME_CHARS = 4000;
  private static final String COLUMNS =
      """
       approval_id, kind, operation, request, target, reason, requested_by, requested_at,
       expires_at, decided_by, decided_at, decision_reason, outcome,
       case when state = 'PENDING' and expires_at <= clock_timestamp() then 'EXPIRED' else state end
         as state
      """;

  private final JdbcClient jdbc;
  private final Set<ActKind> kinds;
  private final long validSeconds;

  Approvals(JdbcClient jdbc, ApprovalProperties properties) {
    this.jdbc = jdbc;
    this.kinds = properties.parsed();
    this.validSeconds = properties.validity().toSeconds();
  }

  /** {@return whether acts of this kind wait for a second admin} */
  public boolean areNeededFor(ActKind kind) {
    return kinds.contains(kind);
  }

  /** {@return the act as it waits now; empty: this admin has {@link #MOST_PENDING} waiting} */
  public Optional<Approval> ask(HumanName by, Approval.Asked asked) {
    return jdbc.sql(
            """
            insert into approval
              (kind, operation, request, target, reason, requested_by, expires_at)
            select :kind, :operation, :request, :target, :reason, :by,
              clock_timestamp() + make_interval(secs => :seconds)
            where (select count(*) from approval where requested_by = :by and state = 'PENDING'
              and expires_at > clock_timestamp()) < :most
            returning
            """
                + COLUMNS)
        .param("kind", asked.kind().name())
        .param("operation", asked.operation())
        .param("request", asked.request())
        .param("target", asked.target())
        .param("reason", asked.reason())
        .param("by", by.text())
        .param("seconds", validSeconds)
        .param("most", MOST_PENDING)
        .query(Approvals::approval)
        .optional();
  }

  public Optional<Approval> find(long id) {
    return jdbc.sql("select" + COLUMNS + " from approval where approval_id = :id")
        .param("id", id)
        .query(Approvals::approval)
        .optional();
  }

  /** {@return the newest first, older than {@code before}} */
  public List<Approval> list(boolean pendingOnly, long before, int limit) {
    return jdbc.sql(
            "select"
                + COLUMNS
                + """
                 from approval where approval_id < :before and (not :pendingOnly
                   or (state = 'PENDING' and expires_at > clock_timestamp()))
                 order by approval_id desc limit :limit
                """)
        .param("before", before)
        .param("pendingOnly", pendingOnly)
        .param("limit", limit)
        .query(Approvals::approval)
        .list();
  }

  /** {@return whether the caller, and nobody else, is to do it now} Never for one's own. */
  public boolean take(long id, HumanName by, String reason) {
    return jdbc.sql(
                """
                update approval set state = 'APPROVED', decided_by = :by,
                  decided_at = clock_timestamp(), decision_reason = :reason
                where approval_id = :id and state = 'PENDING' and expires_at > clock_timestamp()
                  and requested_by <> :by
                """)
            .param("id", id)
            .param("by", by.text())
            .param("reason", reason)
            .update()
        == 1;
  }

  /** {@return whether it was waiting} Whoever asked for it may take it back by this. */
  public boolean reject(long id, HumanName by, String reason) {
    return jdbc.sql(
                """
                update approval set state = 'REJECTED', decided_by = :by,
                  decided_at = clock_timestamp(), decision_reason = :reason
                where approval_id = :id and state = 'PENDING' and expires_at > clock_timestamp()
                """)
            .param("id", id)
            .param("by", by.text())
            .param("reason", reason)
            .update()
        == 1;
  }

  /** Says what became of an act that was taken. */
  public void done(long id, boolean executed, String outcome) {
    jdbc.sql(
            """
            update approval set state = :state, outcome = :outcome
            where approval_id = :id and state = 'APPROVED'
            """)
        .param("id", id)
        .param("state", executed ? "EXECUTED" : "FAILED")
        .param("outcome", outcome.substring(0, Math.min(outcome.length(), MAX_OUTCOME_CHARS)))
        .update();
  }

  private static Approval approval(ResultSet row, int number) throws SQLException {
    String decidedBy = row.getString("decided_by");
    Timestamp decidedAt = row.getTimestamp("decided_at");
    return new Approval(
        row.getLong("approval_id"),
        new Approval.Asked(
            ActKind.valueOf(row.getString("kind")),
            row.getString("operation"),
            row.getString("request"),
            row.getString("target"),
            row.getString("reason")),
        new HumanName(row.getString("requested_by")),
        row.getTimestamp("requested_at").toInstant(),
        row.getTimestamp("expires_at").toInstant(),
        Approval.State.valueOf(row.getString("state")),
        decidedBy == null || decidedAt == null
            ? Optional.empty()
            : Optional.of(
                new Approval.Decision(
                    new HumanName(decidedBy),
                    decidedAt.toInstant(),
                    row.getString("decision_reason"),
                    row.getString("outcome"))));
  }
}
