package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of roots. */
final class RootRows {
  private final JdbcTemplate jdbc;

  RootRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** {@return all that there ever were, oldest first} */
  List<RootStatus> all() {
    return jdbc.query(
        "select * from root order by prepared_at, root_id", (row, number) -> read(row));
  }

  void insert(Bytes spki, @Nullable UUID keyId, RootState state) {
    jdbc.update(
        """
        insert into root (spki, key_id, state, activated_at)
        values (?, ?, ?, case when ? = 'ACTIVE' then clock_timestamp() end)
        """,
        spki.toByteArray(),
        keyId,
        state.name(),
        state.name());
  }

  /** The root signs from now on. */
  void activate(RootStatus root) {
    jdbc.update(
        "update root set state = 'ACTIVE', activated_at = clock_timestamp() where root_id = ?",
        root.id());
  }

  /** The root signs no more; nobody can sign with it either, its private key is erased. */
  void retire(RootStatus root) {
    jdbc.update(
        """
        update root set state = 'RETIRED', retired_at = clock_timestamp(), key_id = null
        where root_id = ?
        """,
        root.id());
    jdbc.update("delete from signing_key where key_id = ?", root.keyId());
  }

  private static RootStatus read(ResultSet row) throws SQLException {
    OffsetDateTime activated = row.getObject("activated_at", OffsetDateTime.class);
    return new RootStatus(
        row.getObject("root_id", UUID.class),
        Bytes.copyOf(row.getBytes("spki")),
        row.getObject("key_id", UUID.class),
        RootState.valueOf(row.getString("state")),
        row.getObject("prepared_at", OffsetDateTime.class).toInstant(),
        activated == null ? null : activated.toInstant());
  }
}
