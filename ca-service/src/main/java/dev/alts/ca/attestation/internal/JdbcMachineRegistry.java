package dev.alts.ca.attestation.internal;

import dev.alts.ca.attestation.AttestedMachine;
import dev.alts.ca.attestation.CopiedCredentials;
import dev.alts.ca.attestation.Generation;
import dev.alts.ca.attestation.Machine;
import dev.alts.ca.attestation.MachineAuthentication;
import dev.alts.ca.attestation.MachineCertificate;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.attestation.MachineRegistry;
import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Plain SQL and no JPA: admission and renewal are about what one statement does under concurrency,
 * and that must be read in the statement.
 */
@Repository
@Transactional
class JdbcMachineRegistry implements MachineRegistry {
  private static final String COLUMNS =
      """
      name, boundary, attestor, agent_version, attested_at, last_seen, lineage, banned_at IS NOT NULL
      AS banned, ban_reason, CASE WHEN copied_lineage + 1 = lineage THEN copied_at END AS copied_at,
      copy_evidence\
      """;

  private final JdbcClient jdbc;
  private final Authentications authentications;
  private final AuditLog audit;
  private final JdbcMachinePast past;

  /**
   * @param renewalGrace how long after the first use of a machine's new certificate calls with the
   *     one before still count as under way
   */
  JdbcMachineRegistry(
      JdbcClient jdbc,
      JdbcTemplate arrays,
      AuditLog audit,
      JdbcMachinePast past,
      @Value("${alts.ca.machine.renewal-grace:2m}") Duration renewalGrace) {
    this.jdbc = jdbc;
    this.past = past;
    this.authentications = new Authentications(arrays, new Lineage(jdbc, renewalGrace));
    this.audit = audit;
  }

  @Override
  public Optional<MachineAuthentication.Authenticated> admit(
      AttestedMachine machine, String agentVersion) {
    Optional<Admitted> admission = upsert(machine, agentVersion);
    if (admission.isEmpty()) {
      return Optional.empty();
    }
    replaceLabels(machine);
    past.attested(machine.name());
    audit.append(
        new AuditEvent.MachineAttested(
            machine.name().text(),
            machine.attestor(),
            machine.properties().boundary(),
            machine.evidence()));
    return Optional.of(
        new MachineAuthentication.Authenticated(
            machine.name(),
            machine.properties(),
            machine.attestor(),
            admission.get().lineage(),
            1,
            admission.get().attestedAt()));
  }

  private record Admitted(int lineage, Instant attestedAt) {}

  private Optional<Admitted> upsert(AttestedMachine machine, String agentVersion) {
    return jdbc.sql(
            """
            INSERT INTO machine AS m (name, boundary, attestor, agent_version, lineage, generation,
                confirmed_generation)
            VALUES (:name, :boundary, :attestor, :version, 1, 1, 0)
            ON CONFLICT (name) DO UPDATE SET boundary = EXCLUDED.boundary,
                attestor = EXCLUDED.attestor, agent_version = EXCLUDED.agent_version,
                lineage = m.lineage + 1, generation = 1, confirmed_generation = 0,
                attested_at = clock_timestamp(), last_seen = clock_timestamp()
            WHERE m.banned_at IS NULL
            RETURNING lineage, attested_at\
            """)
        .param("name", machine.name().text())
        .param("boundary", machine.properties().boundary())
        .param("attestor", machine.attestor())
        .param("version", agentVersion)
        .query((row, number) ->
            new Admitted(row.getInt("lineage"), row.getTimestamp("attested_at").toInstant()))
        .optional();
  }

  private void replaceLabels(AttestedMachine machine) {
    jdbc.sql("DELETE FROM machine_label WHERE machine = :name")
        .param("name", machine.name().text())
        .update();
    machine
        .properties()
        .labels()
        .forEach((key, value) ->
            jdbc.sql("INSERT INTO machine_label (machine, key, value) VALUES (:name, :key, :value)")
                .param("name", machine.name().text())
                .param("key", key)
                .param("value", value)
                .update());
  }

  @Override
  public Optional<Generation> beginRenewal(MachineAuthentication.Authenticated shown) {
    return jdbc.sql(
            """
            UPDATE machine SET generation = generation + 1,
                confirmed_generation = greatest(confirmed_generation, :generation)
            WHERE name = :name AND lineage = :lineage AND banned_at IS NULL
                AND confirmed_generation <= :generation
            RETURNING generation\
            """)
        .param("name", shown.name().text())
        .param("lineage", shown.lineage())
        .param("generation", shown.generation())
        .query(Integer.class)
        .optional()
        .map(next -> new Generation(next, shown.generation()));
  }

  @Override
  public void record(
      MachineName name, int lineage, Generation generation, List<MachineCertificate> certificates) {
    for (MachineCertificate certificate : certificates) {
      jdbc.sql(
              """
              INSERT INTO machine_certificate
                  (sha256, machine, lineage, generation, parent_generation, may_delegate,
                   revocation_id, not_after)
              VALUES (:sha256, :machine, :lineage, :generation, :parent, :delegate, :revocation,
                   :until)
              ON CONFLICT (sha256) DO NOTHING\
              """)
          .param("sha256", certificate.sha256().toByteArray())
          .param("machine", name.text())
          .param("lineage", lineage)
          .param("generation", generation.number())
          .param("parent", generation.parent())
          .param("delegate", certificate.mayDelegate())
          .param("revocation", certificate.revocationId().value())
          .param("until", Timestamp.from(certificate.notAfter()))
          .update();
    }
    jdbc.sql(
            """
            DELETE FROM machine_certificate
            WHERE machine = :machine AND not_after < clock_timestamp() - interval '1 hour'\
            """)
        .param("machine", name.text())
        .update();
  }

  @Override
  @Transactional(propagation = Propagation.SUPPORTS)
  public MachineAuthentication authenticate(Bytes certificateSha256) {
    return authentications.of(certificateSha256);
  }

  @Override
  @Transactional(readOnly = true)
  public List<Machine> list(Optional<MachineName> after, int limit) {
    return jdbc
        .sql(
            "SELECT "
                + COLUMNS
                + " FROM machine WHERE name COLLATE \"C\" > :after"
                + " ORDER BY name COLLATE \"C\" LIMIT :limit")
        .param("after", after.map(MachineName::text).orElse(""))
        .param("limit", limit)
        .query(JdbcMachineRegistry::bare)
        .list()
        .stream()
        .map(this::complete)
        .toList();
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<Machine> find(MachineName name) {
    return jdbc.sql("SELECT " + COLUMNS + " FROM machine WHERE name = :name")
        .param("name", name.text())
        .query(JdbcMachineRegistry::bare)
        .optional()
        .map(this::complete);
  }

  @Override
  @Transactional(readOnly = true)
  public List<String> labelled(Map<String, String> labels) {
    String[] keys = labels.keySet().toArray(String[]::new);
    return jdbc.sql(
            """
            SELECT m.name FROM machine m WHERE (
                SELECT count(*) FROM machine_label l
                JOIN unnest(:keys, :values) AS wanted (key, value)
                    ON l.key = wanted.key AND l.value = wanted.value
                WHERE l.machine = m.name) = :number
            ORDER BY m.name\
            """)
        .param("keys", keys)
        .param("values", Arrays.stream(keys).map(labels::get).toArray(String[]::new))
        .param("number", keys.length)
        .query((row, number) -> row.getString("name"))
        .list();
  }

  @Override
  @Transactional(readOnly = true)
  public Map<MachineName, Machine> findAll(Set<MachineName> names) {
    String[] texts = names.stream().map(MachineName::text).toArray(String[]::new);
    Map<String, Map<String, String>> labels = new HashMap<>();
    jdbc.sql("SELECT machine, key, value FROM machine_label WHERE machine = ANY (:names)")
        .param("names", texts)
        .query((row, number) ->
            labels
                .computeIfAbsent(row.getString("machine"), machine -> new HashMap<>())
                .put(row.getString("key"), row.getString("value")))
        .list();
    return jdbc
        .sql("SELECT " + COLUMNS + " FROM machine WHERE name = ANY (:names)")
        .param("names", texts)
        .query(JdbcMachineRegistry::bare)
        .list()
        .stream()
        .map(bare -> complete(bare, labels.getOrDefault(bare.name().text(), Map.of()), List.of()))
        .collect(Collectors.toMap(Machine::name, machine -> machine));
  }

  @Override
  public List<MachineName> withLiveCertificates() {
    return jdbc.sql(
            """
            SELECT m.name FROM machine m WHERE m.banned_at IS NULL AND EXISTS (
                SELECT FROM machine_certificate c WHERE c.machine = m.name
                    AND c.lineage = m.lineage AND c.not_after > clock_timestamp())
            ORDER BY m.name\
            """)
        .query((row, number) -> new MachineName(row.getString("name")))
        .list();
  }

  private static Machine bare(ResultSet row, int number) throws SQLException {
    return new Machine(
        new MachineName(row.getString("name")),
        new MachineProperties(row.getString("boundary"), Map.of()),
        row.getString("attestor"),
        row.getString("agent_version"),
        row.getTimestamp("attested_at").toInstant(),
        row.getTimestamp("last_seen").toInstant(),
        row.getInt("lineage"),
        row.getBoolean("banned"),
        row.getString("ban_reason"),
        copied(row),
        List.of());
  }

  private static @Nullable CopiedCredentials copied(ResultSet row) throws SQLException {
    Timestamp at = row.getTimestamp("copied_at");
    return at == null
        ? null
        : new CopiedCredentials(at.toInstant(), row.getString("copy_evidence"));
  }

  private Machine complete(Machine bare) {
    return complete(bare, labels(bare.name().text()), certificates(bare));
  }

  private static Machine complete(
      Machine bare, Map<String, String> labels, List<MachineCertificate> certificates) {
    return new Machine(
        bare.name(),
        new MachineProperties(bare.properties().boundary(), labels),
        bare.attestor(),
        bare.agentVersion(),
        bare.attestedAt(),
        bare.lastSeen(),
        bare.lineage(),
        bare.banned(),
        bare.banReason(),
        bare.copied(),
        certificates);
  }

  private Map<String, String> labels(String machine) {
    Map<String, String> labels = new HashMap<>();
    jdbc.sql("SELECT key, value FROM machine_label WHERE machine = :machine")
        .param("machine", machine)
        .query((row, number) -> labels.put(row.getString("key"), row.getString("value")))
        .list();
    return labels;
  }

  private List<MachineCertificate> certificates(Machine machine) {
    return jdbc.sql(
            """
            SELECT sha256, may_delegate, revocation_id, not_after FROM machine_certificate
            WHERE machine = :machine AND lineage = :lineage AND not_after > clock_timestamp()
            ORDER BY generation DESC, may_delegate DESC\
            """)
        .param("machine", machine.name().text())
        .param("lineage", machine.lineage())
        .query((row, number) ->
            new MachineCertificate(
                Bytes.copyOf(row.getBytes("sha256")),
                row.getBoolean("may_delegate"),
                new RevocationId(row.getLong("revocation_id")),
                row.getTimestamp("not_after").toInstant()))
        .list();
  }

  @Override
  public boolean markCopied(MachineAuthentication.Copied copied) {
    return jdbc.sql(
                """
                UPDATE machine SET copied_lineage = lineage, copied_at = clock_timestamp(),
                    copy_evidence = :evidence
                WHERE name = :name AND lineage = :lineage
                    AND copied_lineage IS DISTINCT FROM lineage\
                """)
            .param("evidence", copied.evidence())
            .param("name", copied.name().text())
            .param("lineage", copied.lineage())
            .update()
        == 1;
  }

  @Override
  public boolean ban(MachineName name, String reason) {
    return jdbc.sql(
                """
                UPDATE machine SET banned_at = clock_timestamp(), ban_reason = :reason
                WHERE name = :name\
                """)
            .param("name", name.text())
            .param("reason", reason)
            .update()
        == 1;
  }

  @Override
  public boolean unban(MachineName name) {
    past.unbanned(name);
    return jdbc.sql(
                """
                UPDATE machine SET banned_at = NULL, ban_reason = '' WHERE name = :name\
                """)
            .param("name", name.text())
            .update()
        == 1;
  }

  @Override
  public boolean expel(MachineName name) {
    return jdbc.sql("UPDATE machine SET lineage = lineage + 1 WHERE name = :name")
            .param("name", name.text())
            .update()
        == 1;
  }

  @Override
  public Optional<MachineName> forget(RevocationId certificate) {
    return jdbc.sql("DELETE FROM machine_certificate WHERE revocation_id = :id RETURNING machine")
        .param("id", certificate.value())
        .query((row, number) -> new MachineName(row.getString("machine")))
        .optional();
  }
}
