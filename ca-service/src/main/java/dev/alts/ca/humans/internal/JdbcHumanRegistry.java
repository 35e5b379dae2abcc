package dev.alts.ca.humans.internal;

import dev.alts.ca.humans.EnrolmentPurpose;
import dev.alts.ca.humans.Human;
import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.HumanRegistry;
import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Plain SQL and no JPA: every method here is about what one statement does under concurrency, and
 * that must be read in the statement.
 */
@Repository
@Transactional
class JdbcHumanRegistry implements HumanRegistry {
  private static final String COLUMNS =
      "name, admin, enrolled_at, last_login_at, disabled_at, accepts_issued_from";

  private final JdbcClient jdbc;

  JdbcHumanRegistry(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<Human> find(HumanName name) {
    return jdbc.sql("SELECT " + COLUMNS + " FROM human WHERE name = :name")
        .param("name", name.text())
        .query(JdbcHumanRegistry::human)
        .optional();
  }

  @Override
  @Transactional(readOnly = true)
  public List<Human> list(@Nullable HumanName after, int limit) {
    return jdbc.sql(
            "SELECT "
                + COLUMNS
                + " FROM human WHERE name COLLATE \"C\" > :after"
                + " ORDER BY name COLLATE \"C\" LIMIT :limit")
        .param("after", after == null ? "" : after.text())
        .param("limit", limit)
        .query(JdbcHumanRegistry::human)
        .list();
  }

  @Override
  @Transactional(readOnly = true)
  public boolean hasEverHadAdmin() {
    return jdbc.sql("SELECT EXISTS (SELECT 1 FROM human WHERE admin_since IS NOT NULL)")
        .query(Boolean.class)
        .single();
  }

  @Override
  public Optional<Instant> addCode(NewEnrolmentCode code, Duration validity) {
    // Against another addCode, so that two first admins cannot be invited side by side; redeeming
    // and reading go on.
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('alts.enrolment_code'))")
        .query((row, number) -> true)
        .list();
    if (code.purpose() == EnrolmentPurpose.FIRST_ADMIN && hasEverHadAdmin()) {
      return Optional.empty();
    }
    jdbc.sql("INSERT INTO human (name) VALUES (:name) ON CONFLICT DO NOTHING")
        .param("name", code.human().text())
        .update();
    boolean disabled =
        jdbc.sql("SELECT disabled_at IS NOT NULL FROM human WHERE name = :name FOR UPDATE")
            .param("name", code.human().text())
            .query(Boolean.class)
            .single();
    if (disabled) {
      return Optional.empty();
    }
    jdbc.sql(
            """
            DELETE FROM enrolment_code
             WHERE (used_at IS NULL AND human = :human)
                OR (used_at IS NULL AND purpose = 'FIRST_ADMIN' AND :purpose = 'FIRST_ADMIN')
                OR expires_at < now() - interval '1 day'
            """)
        .param("human", code.human().text())
        .param("purpose", code.purpose().name())
        .update();
    return jdbc.sql(
            """
            INSERT INTO enrolment_code (secret_sha256, human, purpose, created_by, expires_at)
            VALUES (:hash, :human, :purpose, :createdBy, now() + make_interval(secs => :seconds))
            RETURNING expires_at
            """)
        .param("hash", code.secretSha256().toByteArray())
        .param("human", code.human().text())
        .param("purpose", code.purpose().name())
        .param("createdBy", code.createdBy())
        .param("seconds", validity.toSeconds())
        .query(Timestamp.class)
        .optional()
        .map(Timestamp::toInstant);
  }

  @Override
  public Optional<ClaimedCode> claim(Bytes secretSha256) {
    // One statement: the row lock decides between concurrent callers, and the losers re-read
    // used_at under it.
    return jdbc.sql(
            """
            UPDATE enrolment_code c SET used_at = now()
              FROM human h
             WHERE c.secret_sha256 = :hash AND c.used_at IS NULL AND c.expires_at > now()
               AND h.name = c.human AND h.disabled_at IS NULL
               AND (c.purpose <> 'FIRST_ADMIN'
                    OR NOT EXISTS (SELECT 1 FROM human WHERE admin_since IS NOT NULL))
            RETURNING c.human, c.purpose
            """)
        .param("hash", secretSha256.toByteArray())
        .query((row, number) ->
            new ClaimedCode(
                new HumanName(row.getString("human")),
                EnrolmentPurpose.valueOf(row.getString("purpose"))))
        .optional();
  }

  @Override
  public boolean confirm(ClaimedCode code) {
    return jdbc.sql(
                """
                UPDATE human
                   SET enrolled_at = coalesce(enrolled_at, now()),
                       last_login_at = now(),
                       admin = admin OR :admin,
                       admin_since = CASE WHEN :admin THEN coalesce(admin_since, now())
                                          ELSE admin_since END
                 WHERE name = :name AND disabled_at IS NULL
                """)
            .param("admin", code.purpose().makesAdmin())
            .param("name", code.human().text())
            .update()
        == 1;
  }

  @Override
  public boolean disable(HumanName name) {
    // Issued-at has whole seconds: rounded up, so that nothing issued before this is accepted
    // later.
    int changed =
        jdbc.sql(
                """
                UPDATE human
                   SET disabled_at = coalesce(disabled_at, now()),
                       accepts_issued_from = date_trunc('second', now()) + interval '1 second'
                 WHERE name = :name
                """)
            .param("name", name.text())
            .update();
    jdbc.sql("DELETE FROM enrolment_code WHERE human = :name AND used_at IS NULL")
        .param("name", name.text())
        .update();
    return changed == 1;
  }

  @Override
  public boolean enable(HumanName name) {
    return jdbc.sql(
                "UPDATE human SET disabled_at = NULL"
                    + " WHERE name = :name AND disabled_at IS NOT NULL")
            .param("name", name.text())
            .update()
        == 1;
  }

  private static Human human(ResultSet row, int number) throws SQLException {
    return new Human(
        new HumanName(row.getString("name")),
        row.getBoolean("admin"),
        instant(row.getTimestamp("enrolled_at")),
        instant(row.getTimestamp("last_login_at")),
        instant(row.getTimestamp("disabled_at")),
        row.getTimestamp("accepts_issued_from").toInstant());
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }
}
