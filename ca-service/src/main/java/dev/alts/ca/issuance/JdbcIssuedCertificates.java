package dev.alts.ca.issuance;

import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the table of certificates, newest first. */
final class JdbcIssuedCertificates implements IssuedCertificates {
  private final JdbcClient jdbc;

  JdbcIssuedCertificates(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Page search(Query query) {
    List<RecordedCertificate> found =
        jdbc.sql(
                """
                select serial, revocation_id, spiffe_id, profile, boundary, machine, authorized_by,
                  issued_at, not_after
                from certificate
                where not_after > clock_timestamp()
                  and (:machine = '' or machine = :machine)
                  and (:identity = '' or spiffe_id = :identity)
                  and (:after = '' or (issued_at, serial) < (
                    select issued_at, serial from certificate
                    where serial = decode(:after, 'hex')))
                order by issued_at desc, serial desc
                limit :limit
                """)
            .param("machine", query.machine())
            .param("identity", query.identity())
            .param("after", cursorToHex(query.after()))
            .param("limit", query.limit() + 1)
            .query((row, number) -> read(row))
            .list();
    if (found.size() <= query.limit()) {
      return new Page(found, "");
    }
    List<RecordedCertificate> items = found.subList(0, query.limit());
    return new Page(items, items.getLast().serial());
  }

  @Override
  public List<SpiffeId> holdersOf(UUID authority, EntityKind kind) {
    return jdbc.sql(
            """
            select spiffe_id from (
              select distinct on (spiffe_id) spiffe_id, authority_id from certificate
              where not_after > clock_timestamp() and profile = any (:profiles)
              order by spiffe_id, issued_at desc, recorded_at desc) newest
            where authority_id = :authority
            order by spiffe_id
            """)
        .param(
            "profiles",
            Stream.of(CertificateProfile.values())
                .filter(profile -> profile.kind() == kind)
                .map(Enum::name)
                .toArray(String[]::new))
        .param("authority", authority)
        .query((row, number) -> SpiffeId.parse(row.getString("spiffe_id")))
        .list();
  }

  /** The table has serials as two's complement bytes, so always with a whole number of octets. */
  private static String cursorToHex(String serial) {
    if (serial.isEmpty()) {
      return "";
    }
    if (!serial.matches("[0-9a-f]{1,40}")) {
      throw new IllegalArgumentException("cursor: (expected: one that a previous page gave)");
    }
    return HexFormat.of().formatHex(new BigInteger(serial, 16).toByteArray());
  }

  private static RecordedCertificate read(ResultSet row) throws SQLException {
    return new RecordedCertificate(
        new BigInteger(row.getBytes("serial")).toString(16),
        new RevocationId(row.getLong("revocation_id")),
        SpiffeId.parse(row.getString("spiffe_id")),
        CertificateProfile.valueOf(row.getString("profile")),
        row.getString("boundary"),
        row.getString("machine"),
        row.getString("authorized_by"),
        row.getObject("issued_at", OffsetDateTime.class).toInstant(),
        row.getObject("not_after", OffsetDateTime.class).toInstant());
  }
}
