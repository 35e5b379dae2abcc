package dev.alts.ca.attestation.internal;

import dev.alts.ca.attestation.MachineAuthentication;
import dev.alts.ca.attestation.MachineName;
import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What it means that a certificate other than the newest one in use is shown (ADR 25).
 *
 * <p>Certificates of one attestation form a tree: each was asked for with another. An honest agent
 * goes down one path and never back: it stores a certificate before it shows it, and asks for the
 * next with the last one that it stored.
 */
final class Lineage {
  /** A call that was held back comes with its like, all within moments. */
  private static final int SETTLED_PART = 12;

  private final JdbcClient jdbc;
  private final Duration grace;

  Lineage(JdbcClient jdbc, Duration grace) {
    if (grace.isNegative()) {
      throw new IllegalArgumentException(
          "alts.ca.machine.renewal-grace: %s (expected: not negative)".formatted(grace));
    }
    this.jdbc = jdbc;
    this.grace = grace;
  }

  /** Where a certificate stands towards the newest that was used. */
  enum Standing {
    /** It is the newest that was used. */
    HEAD,
    /** It was asked for with that one and is used for the first time. */
    NEXT,
    /** It was used before that one. */
    ANCESTOR,
    /** It was asked for with one that then asked for another, which was used. */
    LOST_BRANCH
  }

  /**
   * One that is neither the newest nor a new child of it.
   *
   * @param generation shown
   * @param head newest that was used, secondsSinceHead ago for the first time
   */
  record Shown(
      MachineAuthentication.Authenticated machine,
      Standing standing,
      int generation,
      int head,
      double secondsSinceHead) {}

  MachineAuthentication judge(Shown shown) {
    MachineName name = shown.machine().name();
    int lineage = shown.machine().lineage();
    if (shown.standing() == Standing.LOST_BRANCH) {
      // Both were asked for with the same certificate, and both are used.
      return new MachineAuthentication.Copied(
          name,
          lineage,
          "certificate %d of lineage %d was shown, whose sibling %d is in use"
              .formatted(shown.generation(), lineage, shown.head()));
    }
    if (shown.secondsSinceHead() < grace.toMillis() / 1000.0) {
      return shown.machine();
    }
    String evidence =
        "certificate %d of lineage %d was shown, %d seconds after %d came into use"
            .formatted(shown.generation(), lineage, (long) shown.secondsSinceHead(), shown.head());
    return isShownAgain(name, lineage)
        ? new MachineAuthentication.Copied(name, lineage, evidence)
        : new MachineAuthentication.Superseded(name, evidence);
  }

  private boolean isShownAgain(MachineName name, int lineage) {
    return jdbc.sql(
            """
            WITH before AS (
                SELECT name, superseded_use_at FROM machine
                WHERE name = :name AND lineage = :lineage FOR UPDATE
            )
            UPDATE machine m SET
                superseded_use_at = coalesce(before.superseded_use_at, clock_timestamp())
            FROM before WHERE m.name = before.name
            RETURNING coalesce(before.superseded_use_at
                <= clock_timestamp() - make_interval(secs => :settled), false)\
            """)
        .param("name", name.text())
        .param("lineage", lineage)
        .param("settled", grace.dividedBy(SETTLED_PART).toMillis() / 1000.0)
        .query(Boolean.class)
        .optional()
        .orElse(false);
  }
}
