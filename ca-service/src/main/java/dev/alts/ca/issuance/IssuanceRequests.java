package dev.alts.ca.issuance;

import org.springframework.jdbc.core.JdbcTemplate;

/** Which requests were answered with which certificate and signature, for those who ask again. */
public final class IssuanceRequests {
  /** Few enough that no issuance waits long for the locks. */
  private static final int AT_ONCE = 10_000;

  private final JdbcTemplate jdbc;

  IssuanceRequests(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Forgets requests whose certificate has expired: nobody who asks again wants that one. */
  public void deleteExpired() {
    jdbc.update(
        """
        delete from certificate_signature where serial in (
          select serial from certificate_signature
          where not_after < clock_timestamp() - interval '1 hour'
          limit ? for update skip locked)
        """,
        AT_ONCE);
    jdbc.update(
        """
        delete from issuance_request where request_key in (
          select request_key from issuance_request
          where not_after < clock_timestamp() - interval '1 hour'
          limit ? for update skip locked)
        """,
        AT_ONCE);
  }
}
