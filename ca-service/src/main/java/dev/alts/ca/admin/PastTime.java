package dev.alts.ca.admin;

import dev.alts.ca.admin.web.RefusedRequestException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The query parameter {@code at}: a time that is asked about, not a coming one. */
@Component
class PastTime {
  private final InstantSource clock;

  PastTime(InstantSource clock) {
    this.clock = clock;
  }

  Instant orNow(@Nullable String text) {
    return parse(text, clock.instant());
  }

  Instant now() {
    return clock.instant();
  }

  private static Instant parse(@Nullable String text, Instant now) {
    if (text == null || text.isEmpty()) {
      return now;
    }
    try {
      Instant time = Instant.parse(text);
      // Before the epoch the database has other times than we do, and of the future nobody knows.
      if (!time.isBefore(Instant.EPOCH) && !time.isAfter(now)) {
        return time;
      }
    } catch (DateTimeException e) {
      throw refused();
    }
    throw refused();
  }

  private static RefusedRequestException refused() {
    return RefusedRequestException.badRequest(
        "at: expected a past time such as 2026-11-24T12:00:00Z");
  }
}
