package dev.alts.ca.backup;

import dev.alts.ca.backup.BackupTables.Partition;
import dev.alts.ca.backup.BackupTables.Sequence;
import dev.alts.ca.backup.BackupTables.Table;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes everything that the database holds at one moment, while the CA goes on. Private keys are
 * in it as the database has them, wrapped; the key-encryption key never is. Thread-safe.
 */
public final class DatabaseBackup {
  private static final Logger log = LoggerFactory.getLogger(DatabaseBackup.class);

  private final DataSource database;
  private final SecureRandom random;

  DatabaseBackup(DataSource database, SecureRandom random) {
    this.database = database;
    this.random = random;
  }

  /**
   * Writes a backup; without its end it is none.
   *
   * @param original host:port where this CA's Machine API listens
   */
  public void write(OutputStream target, String original) throws IOException {
    DigestOutputStream digested = new DigestOutputStream(target, BackupFormat.sha256());
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      try {
        digested.write(BackupFormat.MAGIC);
        DataOutputStream out =
            new DataOutputStream(new GZIPOutputStream(new KeptOpen(digested), 1 << 16));
        BackupHeader header = header(connection, original);
        BackupFormat.writeHeader(out, header);
        long rows = writeRecords(connection, out);
        out.close();
        log.info("backup written id={} rows={}", header.id(), rows);
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw new IOException("reading the database", e);
    }
    target.write(digested.getMessageDigest().digest());
    target.flush();
  }

  private BackupHeader header(Connection connection, String original) throws SQLException {
    List<String> row =
        BackupTables.rows(
                connection,
                """
                select d.name, to_char(clock_timestamp() at time zone 'UTC',
                  'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), k.custody, encode(k.key_id, 'hex')
                from trust_domain d, key_custody k
                """)
            .getFirst();
    return new BackupHeader(
        new UUID(random.nextLong(), random.nextLong()),
        row.getFirst(),
        row.get(1),
        BackupTables.schemaVersions(connection),
        row.get(2),
        row.get(3),
        original);
  }

  private static long writeRecords(Connection connection, DataOutputStream out)
      throws SQLException, IOException {
    for (Partition partition : BackupTables.partitions(connection)) {
      out.writeByte(BackupFormat.PARTITION);
      out.writeUTF(partition.name());
      out.writeUTF(partition.parent());
      out.writeUTF(partition.bound());
    }
    long rows = 0;
    for (Table table : BackupTables.inOrderOfReference(connection)) {
      rows += writeTable(connection, table, out);
    }
    for (Sequence sequence : BackupTables.sequences(connection)) {
      out.writeByte(BackupFormat.SEQUENCE);
      out.writeUTF(sequence.name());
      out.writeLong(sequence.value());
    }
    out.writeByte(BackupFormat.END);
    return rows;
  }

  private static long writeTable(Connection connection, Table table, DataOutputStream out)
      throws SQLException, IOException {
    out.writeByte(BackupFormat.TABLE);
    out.writeUTF(table.name());
    out.writeInt(table.columns().size());
    for (String column : table.columns()) {
      out.writeUTF(column);
    }
    // A query, because COPY of a partitioned table itself copies nothing.
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut(
                "COPY (SELECT %s FROM %s) TO STDOUT"
                    .formatted(table.quotedColumns(), BackupTables.quoted(table.name())));
    for (byte[] chunk = copy.readFromCopy(); chunk != null; chunk = copy.readFromCopy()) {
      out.writeInt(chunk.length);
      out.write(chunk);
    }
    out.writeInt(0);
    return copy.getHandledRowCount();
  }

  /** The gzip stream is closed to write its end, what is below is not. */
  private static final class KeptOpen extends FilterOutputStream {
    KeptOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
