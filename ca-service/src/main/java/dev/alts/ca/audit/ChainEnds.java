package dev.alts.ca.audit;

import org.springframework.jdbc.core.JdbcTemplate;

/** Ends the chains of replicas that are gone: nothing is appended to them any more. Thread-safe. */
public final class ChainEnds {
  private final JdbcTemplate jdbc;

  public ChainEnds(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Closes the chains of a replica that is gone for good. */
  public void close(ReplicaIncarnation gone) {
    jdbc.update(
        """
        update audit_chain set closed_at = clock_timestamp()
        where incarnation = ? and closed_at is null
        """,
        gone.id());
  }

  /** {@return whether somebody closed a chain of this replica} */
  public boolean areClosed(ReplicaIncarnation incarnation) {
    Boolean closed =
        jdbc.queryForObject(
            """
            select exists (
              select from audit_chain where incarnation = ? and closed_at is not null)
            """,
            Boolean.class,
            incarnation.id());
    return Boolean.TRUE.equals(closed);
  }
}
