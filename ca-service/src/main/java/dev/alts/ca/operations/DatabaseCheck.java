package dev.alts.ca.operations;

import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;

/** Whether the database answers and takes writes, asked once a second at most. Thread-safe. */
final class DatabaseCheck {
  private static final Duration ASK_AFTER = Duration.ofSeconds(1);
  private static final int SECONDS = 3;

  private final JdbcTemplate jdbc;
  private Optional<String> last = Optional.of("not asked yet");
  private long askedAt = System.nanoTime() - ASK_AFTER.toNanos();

  DatabaseCheck(DataSource database) {
    this.jdbc = new JdbcTemplate(database);
    this.jdbc.setQueryTimeout(SECONDS);
  }

  synchronized Optional<String> problem() {
    if (System.nanoTime() - askedAt >= ASK_AFTER.toNanos()) {
      last = ask();
      askedAt = System.nanoTime();
    }
    return last;
  }

  private Optional<String> ask() {
    try {
      boolean follows =
          Boolean.TRUE.equals(jdbc.queryForObject("select pg_is_in_recovery()", Boolean.class));
      return follows
          ? Optional.of("the database is a follower and takes no writes")
          : Optional.empty();
    } catch (DataAccessException e) {
      return Optional.of("the database does not answer");
    }
  }
}
