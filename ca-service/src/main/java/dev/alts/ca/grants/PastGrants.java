package dev.alts.ca.grants;

import dev.alts.ca.attestation.MachineName;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What agents said of processes whose certificates have expired, for explanations. However often a
 * process renews it is one row; however much a machine makes up, it keeps {@link #PER_MACHINE}.
 */
@Repository
public class PastGrants {
  static final int PER_MACHINE = 2000;

  private final JdbcClient jdbc;

  PastGrants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A statement.
   *
   * @param question what the machine said about the process, as it said it
   * @param firstIssued of the first certificate that it led to
   * @param lastExpiry of the last one
   */
  public record PastGrant(
      MachineName machine,
      SpiffeId spiffeId,
      Bytes question,
      Instant firstIssued,
      Instant lastExpiry) {}

  /** Takes over what has expired; what is live stays with {@link Grants}. */
  public void takeOverExpired() {
    List<String> machines =
        jdbc.sql(
                """
                WITH gone AS (
                    DELETE FROM live_grant
                    WHERE not_after < clock_timestamp() - interval '5 min'
                    RETURNING machine, spiffe_id, question, issued_at, not_after),
                kept AS (
                    INSERT INTO past_grant AS p (machine, spiffe_id, question_sha256, question,
                        first_issued, last_expiry)
                    SELECT machine, spiffe_id, sha256(question), question, min(issued_at),
                        max(not_after)
                    FROM gone GROUP BY machine, spiffe_id, question
                    ORDER BY machine, spiffe_id, question
                    ON CONFLICT (machine, spiffe_id, question_sha256) DO UPDATE
                    SET first_issued = least(p.first_issued, EXCLUDED.first_issued),
                        last_expiry = greatest(p.last_expiry, EXCLUDED.last_expiry))
                SELECT DISTINCT machine FROM gone\
                """)
            .query((row, number) -> row.getString("machine"))
            .list();
    if (!machines.isEmpty()) {
      bound(machines);
    }
  }

  private void bound(List<String> machines) {
    jdbc.sql(
            """
            DELETE FROM past_grant p USING (
                SELECT m.machine, cut.last_expiry FROM unnest(:machines) AS m (machine)
                CROSS JOIN LATERAL (
                    SELECT q.last_expiry FROM past_grant q WHERE q.machine = m.machine
                    ORDER BY q.last_expiry DESC OFFSET :most LIMIT 1) AS cut) AS old
            WHERE p.machine = old.machine AND p.last_expiry <= old.last_expiry\
            """)
        .param("machines", machines.toArray(String[]::new))
        .param("most", PER_MACHINE)
        .update();
  }

  /** Forgets what ended longer ago than this. */
  public void forgetOld(Duration kept) {
    jdbc.sql(
            """
            DELETE FROM past_grant
            WHERE last_expiry < clock_timestamp() - :kept * interval '1 second'\
            """)
        .param("kept", kept.toSeconds())
        .update();
  }

  /**
   * {@return what was said on {@code machine} of processes that held {@code identity} throughout a
   * certificate's life, newest first}
   */
  public List<PastGrant> find(MachineName machine, SpiffeId identity, Instant issued, Instant end) {
    return jdbc.sql(
            """
            SELECT * FROM past_grant WHERE machine = :machine AND spiffe_id = :identity
                AND first_issued <= :issued AND last_expiry >= :end
            ORDER BY last_expiry DESC LIMIT 100\
            """)
        .param("machine", machine.text())
        .param("identity", identity.toString())
        .param("issued", Timestamp.from(issued))
        .param("end", Timestamp.from(end))
        .query(PastGrants::read)
        .list();
  }

  /** {@return what was last said on {@code machine} before that time, newest first} */
  public List<PastGrant> latest(MachineName machine, Instant before, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM past_grant WHERE machine = :machine AND first_issued <= :before
            ORDER BY last_expiry DESC LIMIT :limit\
            """)
        .param("machine", machine.text())
        .param("before", Timestamp.from(before))
        .param("limit", limit)
        .query(PastGrants::read)
        .list();
  }

  private static PastGrant read(ResultSet row, int number) throws SQLException {
    return new PastGrant(
        new MachineName(row.getString("machine")),
        SpiffeId.parse(row.getString("spiffe_id")),
        Bytes.copyOf(row.getBytes("question")),
        row.getTimestamp("first_issued").toInstant(),
        row.getTimestamp("last_expiry").toInstant());
  }
}
