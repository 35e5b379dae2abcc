package dev.alts.ca.grants;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.database.SqlArrays;
import dev.alts.identity.SpiffeId;
import java.sql.PreparedStatement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/** The rows of grants that every issuance touches, many at a time. */
@Repository
public class GrantRows {
  private final JdbcTemplate jdbc;

  public GrantRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Remembers what is being granted, in the transaction that the caller is in; the same certificate
   * again changes nothing.
   */
  public void record(List<LiveGrant> grants) {
    jdbc.update(connection -> {
      PreparedStatement insert =
          connection.prepareStatement(
              """
              INSERT INTO live_grant (revocation_id, machine, spiffe_id, boundary, rule,
                  rule_version, question, resumes, terms, issued_at, not_after)
              SELECT revocation_id, machine, spiffe_id, boundary, rule, rule_version, question,
                  resumes, terms, to_timestamp(issued_at), to_timestamp(not_after)
              FROM unnest(?::bigint[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[],
                  ?::bytea[], ?::boolean[], ?::text[], ?::bigint[], ?::bigint[])
                AS granted (revocation_id, machine, spiffe_id, boundary, rule, rule_version,
                  question, resumes, terms, issued_at, not_after)
              ON CONFLICT (revocation_id) DO NOTHING\
              """);
      new SqlArrays<>(connection, insert, grants)
          .numbers(grant -> grant.revocationId().value())
          .texts(grant -> grant.machine().text())
          .texts(grant -> grant.spiffeId().toString())
          .texts(LiveGrant::boundary)
          .texts(LiveGrant::rule)
          .numbers(LiveGrant::ruleVersion)
          .bytes(LiveGrant::question)
          .flags(LiveGrant::resumes)
          .texts(LiveGrant::terms)
          .seconds(LiveGrant::issuedAt)
          .seconds(LiveGrant::notAfter);
      return insert;
    });
  }

  /**
   * {@return how many identities the machine holds now}
   *
   * <p>From identity to identity through the index: a machine may hold thousands of grants of one.
   */
  int countIdentities(MachineName machine) {
    Integer count =
        jdbc.queryForObject(
            """
            WITH RECURSIVE held AS (
                (SELECT spiffe_id FROM live_grant WHERE machine = ? ORDER BY spiffe_id LIMIT 1)
                UNION ALL
                SELECT (SELECT g.spiffe_id FROM live_grant g
                    WHERE g.machine = ? AND g.spiffe_id > held.spiffe_id
                    ORDER BY g.spiffe_id LIMIT 1)
                FROM held WHERE held.spiffe_id IS NOT NULL)
            SELECT count(*) FROM held WHERE spiffe_id IS NOT NULL AND EXISTS (
                SELECT FROM live_grant g WHERE g.machine = ? AND g.spiffe_id = held.spiffe_id
                    AND g.not_after > clock_timestamp())\
            """,
            Integer.class,
            machine.text(),
            machine.text(),
            machine.text());
    if (count == null) {
      throw new AssertionError("count(*) is never null");
    }
    return count;
  }

  /** {@return when the machine's first identity ends, by the newest grant of each} */
  public Optional<Instant> firstEnd(MachineName machine) {
    Timestamp end =
        jdbc.queryForObject(
            """
            SELECT min(newest) FROM (SELECT max(not_after) AS newest FROM live_grant
                WHERE machine = ? GROUP BY spiffe_id) AS held\
            """,
            Timestamp.class,
            machine.text());
    return Optional.ofNullable(end).map(Timestamp::toInstant);
  }

  /** {@return whether the machine holds this identity now} */
  boolean holds(MachineName machine, SpiffeId identity) {
    return Boolean.TRUE.equals(
        jdbc.queryForObject(
            """
            SELECT EXISTS (SELECT FROM live_grant WHERE machine = ? AND spiffe_id = ?
                AND not_after > clock_timestamp())\
            """,
            Boolean.class,
            machine.text(),
            identity.toString()));
  }
}
