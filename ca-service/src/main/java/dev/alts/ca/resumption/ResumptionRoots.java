package dev.alts.ca.resumption;

import dev.alts.ca.authority.KeyCustody;
import dev.alts.ca.authority.RowIdentity;
import dev.alts.ca.authority.WrappedKeyException;
import dev.alts.ca.authority.WrappedTable;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The random root of each period, kept only wrapped and erased when nothing made from it opens any
 * more. Thread-safe.
 */
public class ResumptionRoots {
  private static final int ROOT_BYTES = 32;

  private final JdbcClient jdbc;
  private final KeyCustody custody;
  private final SecureRandom random;

  public ResumptionRoots(JdbcClient jdbc, KeyCustody custody, SecureRandom random) {
    this.jdbc = jdbc;
    this.custody = custody;
    this.random = random;
  }

  /** A root and when it was drawn; closed by whoever asked. */
  static final class Root implements AutoCloseable {
    private final SecretBytes secret;
    private final Instant createdAt;

    Root(SecretBytes secret, Instant createdAt) {
      this.secret = secret;
      this.createdAt = createdAt;
    }

    SecretBytes secret() {
      return secret;
    }

    Instant createdAt() {
      return createdAt;
    }

    Root copy() {
      return new Root(SecretBytes.adopt(secret.exposeCopy()), createdAt);
    }

    @Override
    public void close() {
      secret.close();
    }
  }

  /** {@return the root of {@code period}, drawn now if there is none yet} */
  Root drawn(ResumptionPeriod period) {
    return find(period).orElseGet(() -> draw(period));
  }

  private Root draw(ResumptionPeriod period) {
    byte[] drawn = new byte[ROOT_BYTES];
    random.nextBytes(drawn);
    try (SecretBytes root = SecretBytes.adopt(drawn)) {
      // Of several replicas that draw at the same moment, the first one's root counts.
      // It is wrapped under the key that the others have, or not written.
      jdbc.sql(
              """
              INSERT INTO resumption_root (period, wrapped, created_at)
              SELECT :period, :wrapped, date_trunc('second', clock_timestamp())
              FROM key_custody WHERE key_id = :key FOR SHARE
              ON CONFLICT (period) DO NOTHING\
              """)
          .param("period", period.number())
          .param("wrapped", custody.seal(row(period), root).toByteArray())
          .param("key", custody.wrappingKeyId().toByteArray())
          .update();
    }
    return find(period).orElseThrow(() -> WrappedKeyException.replaced(row(period)));
  }

  Optional<Root> find(ResumptionPeriod period) {
    return jdbc.sql("SELECT wrapped, created_at FROM resumption_root WHERE period = :period")
        .param("period", period.number())
        .query((row, number) ->
            new Root(
                custody.open(row(period), Bytes.copyOf(row.getBytes("wrapped"))),
                row.getTimestamp("created_at").toInstant()))
        .optional();
  }

  /** Erases roots that opened their last ticket; they are gone from the next vacuum on. */
  public int eraseExpired(Instant now) {
    return jdbc.sql("DELETE FROM resumption_root WHERE period < :oldest")
        .param("oldest", ResumptionPeriod.at(now).previous().number())
        .update();
  }

  static WrappedTable wrappedTable() {
    return new WrappedTable("resumption_root", "wrapped", "period");
  }

  private static RowIdentity row(ResumptionPeriod period) {
    return new RowIdentity("resumption_root", "wrapped", Long.toString(period.number()));
  }
}
