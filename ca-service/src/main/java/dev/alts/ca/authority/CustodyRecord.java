package dev.alts.ca.authority;

import dev.alts.identity.Bytes;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** The row that says which custody this database's keys are in. */
final class CustodyRecord {
  private final JdbcTemplate jdbc;

  CustodyRecord(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What the row says.
   *
   * @param keyId of the wrapping key
   */
  record Entry(String custody, Bytes keyId) {
    boolean isOf(KeyCustody other) {
      return custody.equals(other.name()) && keyId.equals(other.wrappingKeyId());
    }
  }

  Optional<Entry> find() {
    return entries("select custody, key_id from key_custody");
  }

  /** {@return the entry, locked until the transaction ends} */
  Optional<Entry> lock() {
    return entries("select custody, key_id from key_custody for update");
  }

  /** {@return the entry, which is {@code custody} unless another replica was quicker} */
  Entry claim(KeyCustody custody) {
    jdbc.update(
        "insert into key_custody (custody, key_id) values (?, ?) on conflict do nothing",
        custody.name(),
        custody.wrappingKeyId().toByteArray());
    return find().orElseThrow();
  }

  void replace(KeyCustody custody) {
    jdbc.update(
        "update key_custody set key_id = ?, changed_at = clock_timestamp()",
        (Object) custody.wrappingKeyId().toByteArray());
  }

  private Optional<Entry> entries(String query) {
    return jdbc
        .query(
            query,
            (row, number) ->
                new Entry(row.getString("custody"), Bytes.copyOf(row.getBytes("key_id"))))
        .stream()
        .findFirst();
  }
}
