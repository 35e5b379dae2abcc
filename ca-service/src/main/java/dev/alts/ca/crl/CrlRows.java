package dev.alts.ca.crl;

import dev.alts.identity.Bytes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The table of lists. Calls belong in the transaction of the caller. */
@Repository
class CrlRows {
  private final JdbcClient jdbc;

  CrlRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Takes the row, which is there afterwards, so that signers come one by one. */
  Optional<CrlStatus.Listed> lock(UUID authority) {
    jdbc.sql(
            """
            INSERT INTO crl (authority_id, number, entries, der, this_update, next_update)
            VALUES (:authority, 0, 0, '', 'epoch', 'epoch') ON CONFLICT (authority_id) DO NOTHING\
            """)
        .param("authority", authority)
        .update();
    return listed("authority_id = :authority FOR UPDATE", authority);
  }

  /** {@return the list in force, without its bytes} */
  Optional<CrlStatus.Listed> find(UUID authority) {
    return listed("authority_id = :authority", authority);
  }

  private Optional<CrlStatus.Listed> listed(String condition, UUID authority) {
    return jdbc.sql(
            "SELECT number, entries, length(der) AS bytes, this_update, next_update FROM crl WHERE "
                + condition)
        .param("authority", authority)
        .query((row, number) ->
            new CrlStatus.Listed(
                row.getLong("number"),
                row.getInt("entries"),
                row.getInt("bytes"),
                row.getTimestamp("this_update").toInstant(),
                row.getTimestamp("next_update").toInstant()))
        .optional()
        // Number 0: taken, and not signed yet.
        .filter(list -> list.number() > 0);
  }

  Optional<PublishedCrl> read(UUID authority) {
    return jdbc.sql(
            """
            SELECT number, entries, der, this_update, next_update FROM crl
            WHERE authority_id = :authority AND number > 0\
            """)
        .param("authority", authority)
        .query((row, number) ->
            new PublishedCrl(
                row.getLong("number"),
                row.getInt("entries"),
                Bytes.copyOf(row.getBytes("der")),
                row.getTimestamp("this_update").toInstant(),
                row.getTimestamp("next_update").toInstant()))
        .optional();
  }

  void store(UUID authority, PublishedCrl list) {
    jdbc.sql(
            """
            UPDATE crl SET number = :number, entries = :entries, der = :der,
                this_update = :this, next_update = :next WHERE authority_id = :authority\
            """)
        .param("authority", authority)
        .param("number", list.number())
        .param("entries", list.entries())
        .param("der", list.der().toByteArray())
        .param("this", time(list.thisUpdate()))
        .param("next", time(list.nextUpdate()))
        .update();
  }

  private static Object time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
