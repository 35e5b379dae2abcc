package dev.alts.ca.issuance;

import dev.alts.ca.database.SqlArrays;
import dev.alts.identity.Bytes;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The first signature over each signed part, so that a retry gives the same certificate, byte by
 * byte. They reach the database behind the reply: after a crash in between a retry signs the same
 * bytes again, with another signature. Thread-safe.
 */
final class Signatures {
  private static final int REMEMBERED = 4096;

  private final JdbcTemplate jdbc;
  private final Map<Bytes, Bytes> byTbs =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Bytes> eldest) {
          return size() > REMEMBERED;
        }
      };

  Signatures(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** {@return the signature that was given out for this signed part, if it is known} */
  Optional<Bytes> find(Bytes tbs) {
    synchronized (byTbs) {
      Bytes known = byTbs.get(tbs);
      if (known != null) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }

  /** {@return the first signature, which is this one unless another thread was quicker} */
  Bytes keepFirst(Bytes tbs, Bytes signature) {
    synchronized (byTbs) {
      Bytes earlier = byTbs.putIfAbsent(tbs, signature);
      return earlier == null ? signature : earlier;
    }
  }

  /**
   * Not waiting for the disk: what a crash of the database takes with it, a retry signs again, as
   * after a crash of ours.
   */
  void save(List<SignedRow> rows) {
    jdbc.query(
        connection -> {
          PreparedStatement insert =
              connection.prepareStatement(
                  """
                  with at_ease as (
                    select set_config('synchronous_commit', 'off', true)
                  ), saved as (
                    insert into certificate_signature (serial, not_after, signature)
                    select serial, to_timestamp(not_after), signature
                    from at_ease, unnest(?::bytea[], ?::bigint[], ?::bytea[])
                      as signed (serial, not_after, signature)
                    on conflict (serial) do nothing
                  )
                  select 1
                  """);
          new SqlArrays<>(connection, insert, rows)
              .bytes(row -> Bytes.copyOf(row.serial().toByteArray()))
              .seconds(SignedRow::notAfter)
              .bytes(SignedRow::signature);
          return insert;
        },
        row -> {});
  }

  /** A signature on its way into its row. */
  record SignedRow(BigInteger serial, Instant notAfter, Bytes signature) {}
}
