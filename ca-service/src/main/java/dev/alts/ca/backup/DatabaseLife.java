package dev.alts.ca.backup;

import dev.alts.ca.configuration.StartRefusedException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides at the start whether this database is the one that it says it is.
 *
 * <p>Two live copies of a CA would both be believed, and each would undo what the other did. So a
 * database that was restored, or that finds itself on another server or under another number than
 * it lived at, starts no CA until its operator confirms that the original is gone. Then every
 * number that others remember jumps ahead of whatever the original may have used since.
 */
final class DatabaseLife {
  private static final Logger log = LoggerFactory.getLogger(DatabaseLife.class);
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int CODE_BYTES = 6;
  private static final Pattern HOST_AND_PORT = Pattern.compile("\\[?([^\\[\\]]+)]?:([0-9]{1,5})");

  /** Who may not ask for the server's identifier has the database's number only. */
  private static final String PLACE =
      """
      select (select oid from pg_database where datname = current_database())::text,
        has_function_privilege('pg_control_system()', 'execute')::text
      """;

  private final RestoreProperties properties;

  DatabaseLife(RestoreProperties properties) {
    this.properties = properties;
  }

  void requireOurs(DataSource database) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      requireOurs(connection);
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException("reading which database this is", e);
    }
  }

  private void requireOurs(Connection connection) throws SQLException {
    // Of several replicas that start at once one decides.
    List<String> row =
        BackupTables.rows(
                connection,
                """
                select place, generation::text, restored_from::text,
                  to_char(backup_taken_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                  original, (confirmed_at is null)::text from database_life for update
                """)
            .getFirst();
    String place = place(connection);
    @Nullable String before = row.getFirst();
    if (before == null) {
      settle(connection, place);
      return;
    }
    if (before.equals(place)) {
      return;
    }
    boolean restored = row.get(2) != null && "true".equals(row.get(5));
    String problem =
        restored
            ? "This database was restored from the backup %s of %s."
                .formatted(row.get(2), row.get(3))
            : "This database is a copy: it lived at %s and is now at %s.".formatted(before, place);
    String code = code(place + "/" + row.get(1) + "/" + row.get(2));
    if (!code.equals(properties.confirm())) {
      throw new StartRefusedException(
          problem + " If the CA that it comes from still ran, both would issue certificates.",
          "Stop the original for good, then start once with --alts.ca.restore.confirm=%s (see docs/operate/backup.md)."
              .formatted(code));
    }
    requireOriginalIsGone(restored ? row.get(4) : null);
    beginNewLife(connection, place);
    log.warn("{} Confirmed by the operator: a new life begins.", problem);
  }

  private void requireOriginalIsGone(@Nullable String original) {
    if (original == null || original.isEmpty() || properties.allowInsecureLiveOriginal()) {
      return;
    }
    InetSocketAddress address = address(original);
    try (Socket socket = new Socket()) {
      socket.connect(address, (int) PATIENCE.toMillis());
    } catch (IOException gone) {
      log.info("nothing answers where the original listened address={}", original);
      return;
    }
    throw new StartRefusedException(
        "Something still answers at %s, where the CA that made the backup listened."
            .formatted(original),
        "Stop it. If it is something else, add"
            + " --alts.ca.restore.allow-insecure-live-original=true.");
  }

  /** It comes from a file: one that says nothing that can be asked must not count as gone. */
  private static InetSocketAddress address(String original) {
    Matcher parts = HOST_AND_PORT.matcher(original);
    int port = parts.matches() ? Integer.parseInt(parts.group(2)) : 0;
    if (port < 1 || port > 65_535) {
      throw new StartRefusedException(
          "The backup says that its CA listened at \"%s\", which is no address: nobody can look whether it is gone."
              .formatted(original),
          "If you know that it is gone, add --alts.ca.restore.allow-insecure-live-original=true.");
    }
    return new InetSocketAddress(parts.group(1), port);
  }

  private static void settle(Connection connection, String place) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("update database_life set place = ?")) {
      statement.setString(1, place);
      statement.executeUpdate();
    }
  }

  private static void beginNewLife(Connection connection, String place) throws SQLException {
    settle(connection, place);
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          update database_life set generation = generation + 1, audited = false,
            confirmed_at = clock_timestamp(),
            backup_taken_at = coalesce(backup_taken_at, clock_timestamp());
          -- Blocks of serials and revocation IDs that the original may have taken since.
          update number_block set next = next + (1::bigint << 40);
          -- Resume tokens of the original count no more: every topic is read from its beginning.
          update watch_topic set incarnation = gen_random_uuid();
          -- What was used up since the backup must not be usable again (abuse case 1).
          update join_token set expires_at = least(expires_at, clock_timestamp())
            where used_at is null;
          update enrolment_code set expires_at = least(expires_at, clock_timestamp())
            where used_at is null;
          -- Nobody goes on with a chain of the original.
          update audit_chain set closed_at = clock_timestamp() where closed_at is null;
          """);
      statement.execute(
          """
          -- The rules in force, under a version that the original never told anybody.
          insert into rule_set (version, author, reason)
          select sequence_floor(), author, reason from rule_set order by version desc limit 1
          """);
      statement.execute(
          """
          insert into identity_rule (version, name, condition, identity, use_machine_identity, ttl,
            hint, priority, clear_boundary, allow_any_machine)
          select sequence_floor(), name, condition, identity, use_machine_identity, ttl, hint,
            priority, clear_boundary, allow_any_machine
          from identity_rule
          where version = (select max(version) from rule_set where version < sequence_floor())
          """);
    }
  }

  private static String place(Connection connection) throws SQLException {
    List<String> row = BackupTables.rows(connection, PLACE).getFirst();
    String server =
        "true".equals(row.get(1))
            ? BackupTables.rows(
                    connection, "select system_identifier::text from pg_control_system()")
                .getFirst()
                .getFirst()
            : "server";
    return server + "/" + row.getFirst();
  }

  /** Bound to this very copy, so that one left in a configuration confirms no later one. */
  private static String code(String copy) {
    byte[] digest = BackupFormat.sha256().digest(copy.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(Arrays.copyOf(digest, CODE_BYTES));
  }
}
