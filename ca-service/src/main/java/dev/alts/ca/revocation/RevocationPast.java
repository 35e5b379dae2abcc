package dev.alts.ca.revocation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.ca.attestation.BanPeriod;
import dev.alts.identity.SpiffeId;
import dev.alts.wire.handshake.v1.RevocationEntry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What was revoked and banned at a past time. Thread-safe. */
@Repository
public class RevocationPast {
  private final JdbcClient jdbc;

  RevocationPast(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** An entry of the list, and who put it there, when and why. */
  public record TakenBack(RevocationEntry entry, String author, String reason, Instant since) {}

  /** {@return every entry that was in force at that time, oldest first} */
  public List<TakenBack> inForceAt(Instant time) {
    return jdbc.sql(
            """
            SELECT entry, author, reason, created_at FROM revocation_entry
            WHERE created_at <= :time AND drop_after > :time
            UNION ALL
            SELECT entry, author, reason, created_at FROM past_revocation
            WHERE created_at <= :time AND drop_after > :time
            ORDER BY created_at\
            """)
        .param("time", Timestamp.from(time))
        .query(RevocationPast::takenBack)
        .list();
  }

  private static TakenBack takenBack(ResultSet row, int number) throws SQLException {
    try {
      return new TakenBack(
          RevocationEntry.parseFrom(row.getBytes("entry")),
          row.getString("author"),
          row.getString("reason"),
          row.getTimestamp("created_at").toInstant());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored revocation entry is damaged", e);
    }
  }

  /** {@return the ban of the identity that held at that time} */
  public Optional<BanPeriod> banAt(SpiffeId id, Instant time) {
    return jdbc.sql(
            """
            SELECT banned_at, NULL::timestamptz AS lifted_at, reason FROM banned_identity
            WHERE spiffe_id = :id AND banned_at <= :time
            UNION ALL
            SELECT banned_at, lifted_at, reason FROM lifted_identity_ban
            WHERE spiffe_id = :id AND banned_at <= :time AND lifted_at > :time
            ORDER BY banned_at DESC LIMIT 1\
            """)
        .param("id", id.toString())
        .param("time", Timestamp.from(time))
        .query((row, number) -> {
          Timestamp lifted = row.getTimestamp("lifted_at");
          return new BanPeriod(
              row.getTimestamp("banned_at").toInstant(),
              lifted == null ? null : lifted.toInstant(),
              row.getString("reason"));
        })
        .optional();
  }

  /** Forgets entries that took back what no record knows any more. */
  public void forgetOld(Duration kept) {
    jdbc.sql(
            """
            DELETE FROM past_revocation
            WHERE drop_after < clock_timestamp() - :kept * interval '1 second'\
            """)
        .param("kept", kept.toSeconds())
        .update();
  }
}
