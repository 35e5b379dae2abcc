package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of what upstream CAs have certified. */
final class UpstreamRows {
  private static final String COLUMNS =
      """
      select u.authority_id, a.certificate, u.certificates, u.root, u.not_after, u.installed_at,
        u.installed_by
      from upstream_chain u join issuing_authority a using (authority_id)
      """;

  private final JdbcTemplate jdbc;

  UpstreamRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** {@return those of authorities that are in the trust document} */
  List<UpstreamChain> all() {
    return jdbc.query(
        COLUMNS + " where a.state not in ('PLANNED', 'REVOKED') order by a.not_before",
        (row, number) -> read(row));
  }

  /** Puts it in the place of the one before. */
  void put(
      UUID authority, List<Bytes> certificates, Bytes root, Instant notAfter, String installedBy) {
    jdbc.update(
        """
        insert into upstream_chain (authority_id, certificates, root, not_after, installed_by)
        values (?, ?, ?, ?, ?)
        on conflict (authority_id) do update set certificates = excluded.certificates,
          root = excluded.root, not_after = excluded.not_after,
          installed_at = excluded.installed_at, installed_by = excluded.installed_by
        """,
        authority,
        certificates.stream().map(Bytes::toByteArray).toArray(byte[][]::new),
        root.toByteArray(),
        notAfter.atOffset(ZoneOffset.UTC),
        installedBy);
  }

  /** {@return whether there was one} */
  boolean delete(UUID authority) {
    return jdbc.update("delete from upstream_chain where authority_id = ?", authority) > 0;
  }

  private static UpstreamChain read(ResultSet row) throws SQLException {
    return new UpstreamChain(
        row.getObject("authority_id", UUID.class),
        AuthorityRows.certificate(row.getBytes("certificate"))
            .subjectKeyIdentifier()
            .orElseThrow(() -> new AssertionError("our authorities have key identifiers")),
        Stream.of((byte[][]) row.getArray("certificates").getArray()).map(Bytes::copyOf).toList(),
        Bytes.copyOf(row.getBytes("root")),
        row.getObject("not_after", OffsetDateTime.class).toInstant(),
        row.getObject("installed_at", OffsetDateTime.class).toInstant(),
        row.getString("installed_by"));
  }
}
