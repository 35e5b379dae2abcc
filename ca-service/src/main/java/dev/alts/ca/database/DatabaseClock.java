package dev.alts.ca.database;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The database's clock, which all replicas share: issue times and the times of revocations come
 * from here and nowhere else, so that they can be compared (handshake.md section 7). Thread-safe.
 *
 * <p>It asks once a second at most and counts on from the answer. The answer was true at some
 * moment before it arrived, so what is returned is never ahead of the database.
 */
public final class DatabaseClock {
  private static final Duration ASK_AFTER = Duration.ofSeconds(1);

  private final JdbcTemplate jdbc;
  private final Lock asking = new ReentrantLock();
  private volatile @Nullable Reading last;

  public DatabaseClock(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  public Instant now() {
    Reading reading = last;
    if (reading == null || reading.isOld()) {
      reading = ask();
    }
    return reading.time().plus(reading.age());
  }

  /** Of many who find the answer old, one asks and the others take its answer. */
  private Reading ask() {
    asking.lock();
    try {
      Reading reading = last;
      if (reading == null || reading.isOld()) {
        reading = answer();
        last = reading;
      }
      return reading;
    } finally {
      asking.unlock();
    }
  }

  private Reading answer() {
    OffsetDateTime answer = jdbc.queryForObject("select clock_timestamp()", OffsetDateTime.class);
    if (answer == null) {
      throw new AssertionError("clock_timestamp() is never null");
    }
    return new Reading(answer.toInstant(), System.nanoTime());
  }

  private record Reading(Instant time, long arrivedNanos) {
    boolean isOld() {
      return age().compareTo(ASK_AFTER) >= 0;
    }

    Duration age() {
      return Duration.ofNanos(System.nanoTime() - arrivedNanos);
    }
  }
}
