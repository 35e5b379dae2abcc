package dev.alts.ca.backup;

import dev.alts.ca.backup.BackupTables.Partition;
import dev.alts.ca.configuration.StartRefusedException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationVersion;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads a backup into a database without a trust domain: all of it, in one transaction, or nothing.
 * The rows go into the schema that they come from; newer migrations follow as for any old database.
 */
final class DatabaseRestore {
  private static final Logger log = LoggerFactory.getLogger(DatabaseRestore.class);

  /** A sequence may have run on in the original. */
  private static final long SEQUENCE_JUMP = 1_000_000;

  private static final long LOCK = 0x414c_5453_0000_0003L;

  private static final int MAX_CHUNK_BYTES = 1 << 30;
  private static final Pattern BOUND =
      Pattern.compile("DEFAULT|FOR VALUES FROM \\('[^']*'\\) TO \\('[^']*'\\)");

  private final Path file;
  private final String trustDomain;

  DatabaseRestore(Path file, String trustDomain) {
    this.file = file;
    this.trustDomain = trustDomain;
  }

  /** Does nothing if this very backup was loaded before. */
  void into(Flyway flyway) {
    try (DataInputStream in = open()) {
      BackupHeader header = BackupFormat.readHeader(in);
      requireOurs(header);
      try (Connection connection = flyway.getConfiguration().getDataSource().getConnection()) {
        connection.setAutoCommit(false);
        // Replicas that start with the same file come one by one, and the second finds it loaded.
        execute(connection, "select pg_advisory_xact_lock(%d)".formatted(LOCK));
        if (isLoaded(flyway, header)) {
          log.info("backup was restored before id={}", header.id());
          return;
        }
        migrateTo(flyway, header.schemaVersions());
        requireStillEmpty(connection);
        load(connection, in);
        mark(connection, header);
        connection.commit();
      }
      log.info("backup restored id={} takenAt={}", header.id(), header.takenAt());
    } catch (IOException | SQLException e) {
      throw new StartRefusedException(
          "alts.ca.restore.file: %s cannot be restored: %s.".formatted(file, e.getMessage()),
          "Nothing was changed. Use another backup.",
          e);
    }
  }

  private DataInputStream open() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no such file");
    }
    long content = Files.size(file) - BackupFormat.DIGEST_BYTES;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      if (!Arrays.equals(in.readNBytes(BackupFormat.MAGIC.length), BackupFormat.MAGIC)) {
        throw new IOException("it is no backup of a CA");
      }
      MessageDigest digest = BackupFormat.sha256();
      digest.update(BackupFormat.MAGIC);
      byte[] buffer = new byte[1 << 16];
      for (long left = content - BackupFormat.MAGIC.length; left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          break;
        }
        digest.update(buffer, 0, read);
        left -= read;
      }
      if (!MessageDigest.isEqual(digest.digest(), in.readAllBytes())) {
        throw new IOException("it is damaged or incomplete");
      }
    }
    InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    in.skipNBytes(BackupFormat.MAGIC.length);
    return new DataInputStream(new GZIPInputStream(in, 1 << 16));
  }

  private void requireOurs(BackupHeader header) {
    if (!header.trustDomain().equals(trustDomain)) {
      throw new StartRefusedException(
          "The backup %s is of the trust domain %s, alts.ca.trust-domain is %s."
              .formatted(file, header.trustDomain(), trustDomain),
          "Set alts.ca.trust-domain=%s, or use another backup.".formatted(header.trustDomain()));
    }
  }

  private boolean isLoaded(Flyway flyway, BackupHeader header) throws SQLException {
    try (Connection connection = flyway.getConfiguration().getDataSource().getConnection()) {
      if (BackupTables.rows(
                  connection,
                  "select to_regclass('trust_domain') where to_regclass('trust_domain') is not null")
              .isEmpty()
          || BackupTables.rows(connection, "select name from trust_domain").isEmpty()) {
        return false;
      }
      boolean same =
          !BackupTables.rows(
                  connection,
                  "select from database_life where restored_from = '%s'".formatted(header.id()))
              .isEmpty();
      if (!same) {
        throw holdsOne();
      }
      return true;
    }
  }

  /** A CA that starts without the file takes no lock of ours, and may have come meanwhile. */
  private static void requireStillEmpty(Connection connection) throws SQLException {
    execute(connection, "lock table trust_domain in access exclusive mode");
    if (!BackupTables.rows(connection, "select name from trust_domain").isEmpty()) {
      throw holdsOne();
    }
  }

  private static StartRefusedException holdsOne() {
    return new StartRefusedException(
        "alts.ca.restore.file is set, but this database holds a trust domain already.",
        "Restore into an empty database, or remove alts.ca.restore.file.");
  }

  private static void migrateTo(Flyway flyway, List<String> versions) {
    Set<String> known =
        Arrays.stream(flyway.info().all())
            .map(MigrationInfo::getVersion)
            .filter(version -> version != null)
            .map(MigrationVersion::getVersion)
            .collect(Collectors.toSet());
    List<String> unknown = versions.stream().filter(version -> !known.contains(version)).toList();
    if (!unknown.isEmpty()) {
      throw new StartRefusedException(
          "The backup was made by a newer CA: this one does not know the schema versions %s."
              .formatted(unknown),
          "Restore with the version of the CA that made it, or a newer one.");
    }
    MigrationVersion newest =
        versions.stream()
            .map(MigrationVersion::fromVersion)
            .max(MigrationVersion::compareTo)
            .orElseThrow();
    Flyway.configure().configuration(flyway.getConfiguration()).target(newest).load().migrate();
  }

  private static void load(Connection connection, DataInputStream in)
      throws SQLException, IOException {
    List<String> tables =
        BackupTables.inOrderOfReference(connection).stream()
            .map(table -> BackupTables.quoted(table.name()))
            .toList();
    // Migrations wrote first rows.
    execute(connection, "TRUNCATE " + String.join(", ", tables));
    while (true) {
      int record = in.readUnsignedByte();
      switch (record) {
        case BackupFormat.PARTITION ->
            addPartition(connection, new Partition(in.readUTF(), in.readUTF(), in.readUTF()));
        case BackupFormat.TABLE -> loadTable(connection, in);
        case BackupFormat.SEQUENCE -> setSequence(connection, in.readUTF(), in.readLong());
        case BackupFormat.END -> {
          return;
        }
        default -> throw new IOException("unknown record %d".formatted(record));
      }
    }
  }

  private static void addPartition(Connection connection, Partition partition)
      throws SQLException, IOException {
    if (!BOUND.matcher(partition.bound()).matches()) {
      throw new IOException("partition %s: unknown bound".formatted(partition.name()));
    }
    execute(
        connection,
        "CREATE TABLE IF NOT EXISTS %s PARTITION OF %s %s"
            .formatted(
                BackupTables.quoted(partition.name()),
                BackupTables.quoted(partition.parent()),
                partition.bound()));
  }

  private static void loadTable(Connection connection, DataInputStream in)
      throws SQLException, IOException {
    String name = in.readUTF();
    int count = in.readInt();
    List<String> columns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      columns.add(in.readUTF());
    }
    CopyIn copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyIn(
                "COPY %s (%s) FROM STDIN"
                    .formatted(
                        BackupTables.quoted(name),
                        new BackupTables.Table(name, columns).quotedColumns()));
    try {
      for (int length = in.readInt(); length != 0; length = in.readInt()) {
        if (length < 0 || length > MAX_CHUNK_BYTES) {
          throw new IOException("row of %d bytes".formatted(length));
        }
        byte[] chunk = in.readNBytes(length);
        copy.writeToCopy(chunk, 0, chunk.length);
      }
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private static void setSequence(Connection connection, String name, long next)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select setval(?::regclass, ?, false)")) {
      statement.setString(1, BackupTables.quoted(name));
      statement.setLong(2, next + SEQUENCE_JUMP);
      statement.execute();
    }
  }

  /** From now on this database is a copy that waits for its confirmation. */
  private static void mark(Connection connection, BackupHeader header) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            update database_life set place = 'restored', restored_from = ?, backup_taken_at = ?,
              original = ?, confirmed_at = null
            """)) {
      statement.setObject(1, header.id());
      statement.setObject(2, OffsetDateTime.parse(header.takenAt()));
      statement.setString(3, header.original());
      statement.executeUpdate();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
