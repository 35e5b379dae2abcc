package dev.alts.ca.issuance;

import dev.alts.ca.issuance.CertificateQuery.RevokedThings;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which certificates of the record are taken back, one by one, for those who know nothing of
 * identities and machines (RFC 5280). Calls belong in the transaction of the caller. Thread-safe.
 */
public final class RevokedCertificates {
  private final JdbcClient jdbc;

  RevokedCertificates(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * One that is taken back.
   *
   * @param reasonCode RFC 5280 5.3.1
   */
  public record Revoked(BigInteger serial, Instant revokedAt, int reasonCode) {}

  /**
   * What a revocation would hit of what has not expired.
   *
   * @param identities the first ones, by name
   * @param machines the first ones, by name; without those that were issued on no machine
   */
  public record Hit(
      long certificates,
      Map<CertificateProfile, Long> byProfile,
      long identityCount,
      List<String> identities,
      long machineCount,
      List<String> machines) {
    public Hit {
      byProfile = Map.copyOf(byProfile);
      identities = List.copyOf(identities);
      machines = List.copyOf(machines);
    }
  }

  /** {@return what {@code things} would hit, with at most {@code limit} names of a kind} */
  public Hit hitBy(RevokedThings things, int limit) {
    CertificateConditions conditions = conditions(things);
    Map<CertificateProfile, Long> byProfile = new EnumMap<>(CertificateProfile.class);
    ask(conditions, "select c.profile, count(*) as held from certificate c where %s group by 1")
        .query((row, number) ->
            byProfile.put(
                CertificateProfile.valueOf(row.getString("profile")), row.getLong("held")))
        .list();
    return new Hit(
        byProfile.values().stream().mapToLong(Long::longValue).sum(),
        byProfile,
        count(conditions, "spiffe_id"),
        names(conditions, "spiffe_id", limit),
        count(conditions, "machine"),
        names(conditions, "machine", limit));
  }

  private long count(CertificateConditions conditions, String column) {
    return ask(
            conditions,
            "select count(distinct c."
                + column
                + ") from certificate c where %s and c."
                + column
                + " <> ''")
        .query(Long.class)
        .single();
  }

  private List<String> names(CertificateConditions conditions, String column, int limit) {
    return ask(
            conditions,
            "select distinct c."
                + column
                + " collate \"C\" as name from certificate c where %s and c."
                + column
                + " <> '' order by 1 limit :limit")
        .param("limit", limit)
        .query((row, number) -> row.getString("name"))
        .list();
  }

  /**
   * Marks everything that {@code things} hit and that has not expired.
   *
   * @return how many were not marked before
   */
  public int mark(RevokedThings things, Instant revokedAt, int reasonCode) {
    return ask(
            conditions(things),
            """
            insert into revoked_certificate (authority_id, serial, revoked_at, reason_code, not_after)
            select c.authority_id, c.serial, :revokedAt, :reasonCode, c.not_after
            from certificate c where %s
            on conflict (authority_id, serial) do nothing
            """)
        .param("revokedAt", Timestamp.from(revokedAt))
        .param("reasonCode", reasonCode)
        .update();
  }

  /** {@return how many of this authority's are marked} */
  public long count(UUID authority) {
    return jdbc.sql("select count(*) from revoked_certificate where authority_id = :authority")
        .param("authority", authority)
        .query(Long.class)
        .single();
  }

  /** {@return whether some of this authority's are in no list of it yet} */
  public boolean hasUnlisted(UUID authority) {
    return jdbc.sql(
            """
            select exists (
              select from revoked_certificate where authority_id = :authority and not listed)
            """)
        .param("authority", authority)
        .query(Boolean.class)
        .single();
  }

  /** Hands all that are marked to {@code list}, by serial; they count as listed from now on. */
  public void list(UUID authority, Consumer<Revoked> list) {
    // First this and then the reading: what is marked in between stays for the next list.
    jdbc.sql(
            "update revoked_certificate set listed = true where authority_id = :authority"
                + " and not listed")
        .param("authority", authority)
        .update();
    jdbc.sql(
            """
            select serial, revoked_at, reason_code from revoked_certificate
            where authority_id = :authority and listed order by serial
            """)
        .param("authority", authority)
        .query(row -> {
          list.accept(read(row));
        });
  }

  private static Revoked read(ResultSet row) throws SQLException {
    return new Revoked(
        new BigInteger(row.getBytes("serial")),
        row.getTimestamp("revoked_at").toInstant(),
        row.getInt("reason_code"));
  }

  /** Forgets those that a list has shown which was made after {@code shownAfterEnd}, their end. */
  public void forgetListed(UUID authority, Instant shownAfterEnd) {
    jdbc.sql(
            """
            delete from revoked_certificate
            where authority_id = :authority and listed and not_after < :end
            """)
        .param("authority", authority)
        .param("end", Timestamp.from(shownAfterEnd))
        .update();
  }

  private JdbcClient.StatementSpec ask(CertificateConditions conditions, String sql) {
    return jdbc.sql(sql.formatted(conditions.where())).params(conditions.parameters());
  }

  private static CertificateConditions conditions(RevokedThings things) {
    return new CertificateConditions(
        new CertificateQuery(
            null, null, null, null, null, null, null, true, false, false, things, 1, ""));
  }
}
