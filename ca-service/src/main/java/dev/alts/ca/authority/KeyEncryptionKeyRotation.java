package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Wraps every secret again under another key-encryption key: all of them, the record of the key and
 * the audit event in one transaction. Whenever it is killed, either the old key opens everything or
 * the new one does, and the next start with the same options goes on.
 */
final class KeyEncryptionKeyRotation {
  private static final Logger log = LoggerFactory.getLogger(KeyEncryptionKeyRotation.class);

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final AuditLog audit;
  private final List<WrappedTable> tables;
  private final CustodyRecord records;

  KeyEncryptionKeyRotation(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      AuditLog audit,
      List<WrappedTable> tables) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.audit = audit;
    this.tables = List.copyOf(tables);
    this.records = new CustodyRecord(jdbc);
  }

  void rotate(DatabaseCustody from, DatabaseCustody to) {
    Integer rows =
        transaction.execute(status -> {
          // Whoever wraps a row locks this one too, so none is written meanwhile under the old key.
          CustodyRecord.Entry entry = records.lock().orElseThrow();
          if (entry.isOf(to)) {
            return 0;
          }
          if (!entry.isOf(from)) {
            throw new IllegalStateException("another replica replaced the key-encryption key");
          }
          int count = tables.stream().mapToInt(table -> rewrap(table, from, to)).sum();
          records.replace(to);
          audit.append(
              new AuditEvent.OperatorActed(
                  "start option", "key-encryption key replaced, rows wrapped again: " + count));
          return count;
        });
    log.info(
        "key-encryption key replaced rows={}; destroy the previous key and its copies"
            + " once no backup needs it",
        rows);
  }

  void reportDone() {
    log.info(
        "key-encryption key was replaced by an earlier start:"
            + " alts.ca.previous-key-encryption-key-file has no effect any more");
  }

  private int rewrap(WrappedTable table, KeyCustody from, KeyCustody to) {
    List<Row> rows =
        jdbc.query(
            "select %s::text as key, %s as sealed from %s for update"
                .formatted(table.keyColumn(), table.column(), table.table()),
            (row, number) -> new Row(row.getString("key"), Bytes.copyOf(row.getBytes("sealed"))));
    for (Row row : rows) {
      RowIdentity identity = table.row(row.key());
      try (SecretBytes secret = from.open(identity, row.sealed())) {
        jdbc.update(
            "update %s set %s = ? where %s::text = ?"
                .formatted(table.table(), table.column(), table.keyColumn()),
            to.seal(identity, secret).toByteArray(),
            row.key());
      }
    }
    return rows.size();
  }

  private record Row(String key, Bytes sealed) {}
}
