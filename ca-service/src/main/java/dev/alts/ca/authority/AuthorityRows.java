package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.x509.AuthorityCertificate;
import dev.alts.identity.x509.InvalidCertificateException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of issuing authorities. */
final class AuthorityRows {
  /** By what is in the certificates: documents that are signed ahead list them the same way. */
  private static final String ORDERED =
      "select * from issuing_authority order by not_before, authority_id";

  private final JdbcTemplate jdbc;

  AuthorityRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  List<AuthorityRow> all() {
    return jdbc.query(ORDERED, (row, number) -> read(row));
  }

  void insert(AuthorityRow row) {
    jdbc.update(
        """
        insert into issuing_authority (authority_id, key_id, kind, slot, state, certificate,
          path_prefixes, boundaries, not_before, not_after, activated_at)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, case when ? = 'ACTIVE' then clock_timestamp() end)
        """,
        row.id(),
        row.keyId(),
        row.kind().name(),
        row.slot() == null ? null : row.slot().name(),
        row.life().name(),
        row.certificate().der().toByteArray(),
        row.constraint().pathPrefixes().toArray(new String[0]),
        row.constraint().boundaries().toArray(new String[0]),
        time(row.certificate().notBefore()),
        time(row.certificate().notAfter()),
        row.life().name());
  }

  /** Moves an authority on; the time of the step is the database's. */
  void move(UUID id, @Nullable AuthoritySlot slot, AuthorityLife life) {
    String step =
        switch (life) {
          case PLANNED -> throw new IllegalArgumentException("a life begins as planned");
          case PREPARED -> "prepared_at";
          case ACTIVE -> "activated_at";
          case RETIRED -> "retired_at";
          case TAINTED -> "tainted_at";
          case REVOKED -> "revoked_at";
        };
    jdbc.update(
        "update issuing_authority set slot = ?, state = ?, "
            + step
            + " = clock_timestamp() where authority_id = ?",
        slot == null ? null : slot.name(),
        life.name(),
        id);
  }

  List<AuthorityStatus> statuses() {
    return jdbc.query(
        ORDERED,
        (row, number) -> {
          AuthorityRow authority = read(row);
          return new AuthorityStatus(
              authority.id(),
              authority.kind(),
              authority.slot(),
              authority.life(),
              authority.certificate().spkiSha256(),
              authority
                  .certificate()
                  .subjectKeyIdentifier()
                  .orElseThrow(() -> new AssertionError("our authorities have key identifiers")),
              instant(row.getObject("not_before", OffsetDateTime.class)),
              instant(row.getObject("not_after", OffsetDateTime.class)),
              instant(row.getObject("prepared_at", OffsetDateTime.class)),
              optional(row.getObject("activated_at", OffsetDateTime.class)),
              optional(row.getObject("retired_at", OffsetDateTime.class)),
              optional(row.getObject("tainted_at", OffsetDateTime.class)));
        });
  }

  private static Instant instant(OffsetDateTime time) {
    return time.toInstant();
  }

  private static @Nullable Instant optional(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  private static AuthorityRow read(ResultSet row) throws SQLException {
    EntityKind kind = EntityKind.valueOf(row.getString("kind"));
    String slot = row.getString("slot");
    return new AuthorityRow(
        row.getObject("authority_id", UUID.class),
        row.getObject("key_id", UUID.class),
        kind,
        slot == null ? null : AuthoritySlot.valueOf(slot),
        AuthorityLife.valueOf(row.getString("state")),
        certificate(row.getBytes("certificate")),
        new AuthorityConstraint(
            Set.of(kind),
            List.of((String[]) row.getArray("path_prefixes").getArray()),
            List.of((String[]) row.getArray("boundaries").getArray())));
  }

  static AuthorityCertificate certificate(byte[] der) {
    try {
      return AuthorityCertificate.parse(Bytes.copyOf(der));
    } catch (InvalidCertificateException e) {
      throw new IllegalStateException("an authority's certificate in the database is damaged", e);
    }
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
