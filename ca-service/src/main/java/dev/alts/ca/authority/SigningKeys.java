package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.JdbcTemplate;

/** Has keys made, remembers them in the database and opens them again. */
final class SigningKeys {
  private static final String TABLE = "signing_key";
  private static final String COLUMN = "wrapped_private";

  /**
   * The one that signs first, the prepared one last: the trust document lists them like this, so
   * that it changes when another begins to sign.
   */
  static final String ACTIVE_IN_ORDER =
      "where purpose = ? and retired_at is null order by prepared, created_at desc, key_id";

  private final JdbcTemplate jdbc;
  private final KeyCustody custody;
  private final SecureRandom random;

  SigningKeys(JdbcTemplate jdbc, KeyCustody custody, SecureRandom random) {
    this.jdbc = jdbc;
    this.custody = custody;
    this.random = random;
  }

  /** {@return a new key, kept} */
  SigningKey create(KeyPurpose purpose) {
    UUID id = new UUID(random.nextLong(), random.nextLong());
    KeyCustody.NewKey made = custody.generate(id);
    int written =
        jdbc.update(
            """
            insert into signing_key (key_id, purpose, spki, wrapped_private)
            select ?, ?, ?, ? from key_custody where key_id = ? for share
            """,
            id,
            purpose.column(),
            made.spki().toByteArray(),
            made.kept().toByteArray(),
            custody.wrappingKeyId().toByteArray());
    if (written == 0) {
      throw WrappedKeyException.replaced(row(id));
    }
    return new SigningKey(id, made.spki(), custody.signer(id, made.spki(), made.kept()));
  }

  /** {@return the keys of this purpose: the newest that signs, others, a prepared one last} */
  List<SigningKey> active(KeyPurpose purpose) {
    return jdbc.query(
        "select key_id, spki, wrapped_private from signing_key " + ACTIVE_IN_ORDER,
        (row, number) -> {
          UUID id = row.getObject("key_id", UUID.class);
          Bytes spki = Bytes.copyOf(row.getBytes("spki"));
          Bytes kept = Bytes.copyOf(row.getBytes("wrapped_private"));
          return new SigningKey(id, spki, custody.signer(id, spki, kept));
        },
        purpose.column());
  }

  static RowIdentity row(UUID id) {
    return new RowIdentity(TABLE, COLUMN, id.toString());
  }

  static WrappedTable wrappedTable() {
    return new WrappedTable(TABLE, COLUMN, "key_id");
  }
}
