package dev.alts.ca.naming;

import dev.alts.identity.Bytes;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who put which policy in force, when and why. Nothing is ever changed here. Thread-safe. */
@Repository
public class PolicyVersions {
  private final JdbcClient jdbc;

  PolicyVersions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Kinds that operators set. */
  public enum Kind {
    RECORD("record"),
    REVOCATION("revocation"),
    PACING("pacing");

    private final String column;

    Kind(String column) {
      this.column = column;
    }

    String column() {
      return column;
    }
  }

  /**
   * {@return versions of a policy, newest first}
   *
   * @param before only older ones
   */
  public List<PolicyVersion> list(Kind kind, long before, int limit) {
    return jdbc.sql(
            """
            SELECT version, body, author, reason, created_at FROM domain_policy
            WHERE kind = :kind AND version < :before ORDER BY version DESC LIMIT :limit\
            """)
        .param("kind", kind.column)
        .param("before", before)
        .param("limit", limit)
        .query((row, number) ->
            new PolicyVersion(
                row.getLong("version"),
                Bytes.copyOf(row.getBytes("body")),
                row.getString("author"),
                row.getString("reason"),
                row.getTimestamp("created_at").toInstant()))
        .list();
  }
}
