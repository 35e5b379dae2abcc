package dev.alts.ca.attestation.internal;

import dev.alts.ca.attestation.BanPeriod;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachinePast;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.attestation.PastMachine;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows are added when something changes, in the transaction of the change. */
@Repository
class JdbcMachinePast implements MachinePast {
  private final JdbcClient jdbc;

  JdbcMachinePast(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Remembers what the machine's row and its labels say now. */
  void attested(MachineName name) {
    jdbc.sql(
            """
            INSERT INTO machine_attestation (machine, lineage, boundary, attestor, attested_at)
            SELECT name, lineage, boundary, attestor, attested_at FROM machine WHERE name = :name
            ON CONFLICT DO NOTHING\
            """)
        .param("name", name.text())
        .update();
    jdbc.sql(
            """
            INSERT INTO machine_attestation_label (machine, lineage, key, value)
            SELECT l.machine, m.lineage, l.key, l.value
            FROM machine_label l JOIN machine m ON m.name = l.machine WHERE m.name = :name
            ON CONFLICT DO NOTHING\
            """)
        .param("name", name.text())
        .update();
  }

  /** Remembers the ban that is about to be lifted, if there is one. */
  void unbanned(MachineName name) {
    jdbc.sql(
            """
            INSERT INTO lifted_machine_ban (machine, reason, banned_at)
            SELECT name, ban_reason, banned_at FROM machine
            WHERE name = :name AND banned_at IS NOT NULL
            ON CONFLICT DO NOTHING\
            """)
        .param("name", name.text())
        .update();
  }

  @Override
  public Optional<PastMachine> at(MachineName name, Instant time) {
    return jdbc.sql(
            """
            SELECT lineage, boundary, attestor, attested_at FROM machine_attestation
            WHERE machine = :name AND attested_at <= :time ORDER BY lineage DESC LIMIT 1\
            """)
        .param("name", name.text())
        .param("time", Timestamp.from(time))
        .query((row, number) ->
            new PastMachine(
                name,
                new MachineProperties(
                    row.getString("boundary"), labels(name, row.getInt("lineage"))),
                row.getString("attestor"),
                row.getInt("lineage"),
                row.getTimestamp("attested_at").toInstant()))
        .optional();
  }

  private Map<String, String> labels(MachineName name, int lineage) {
    Map<String, String> labels = new HashMap<>();
    jdbc.sql(
            """
            SELECT key, value FROM machine_attestation_label
            WHERE machine = :name AND lineage = :lineage\
            """)
        .param("name", name.text())
        .param("lineage", lineage)
        .query((row, number) -> labels.put(row.getString("key"), row.getString("value")))
        .list();
    return labels;
  }

  @Override
  public Optional<BanPeriod> banAt(MachineName name, Instant time) {
    return jdbc.sql(
            """
            SELECT banned_at, NULL::timestamptz AS lifted_at, ban_reason AS reason FROM machine
            WHERE name = :name AND banned_at <= :time
            UNION ALL
            SELECT banned_at, lifted_at, reason FROM lifted_machine_ban
            WHERE machine = :name AND banned_at <= :time AND lifted_at > :time
            ORDER BY banned_at DESC LIMIT 1\
            """)
        .param("name", name.text())
        .param("time", Timestamp.from(time))
        .query(JdbcMachinePast::ban)
        .optional();
  }

  private static BanPeriod ban(ResultSet row, int number) throws SQLException {
    Timestamp lifted = row.getTimestamp("lifted_at");
    return new BanPeriod(
        row.getTimestamp("banned_at").toInstant(),
        lifted == null ? null : lifted.toInstant(),
        row.getString("reason"));
  }
}
