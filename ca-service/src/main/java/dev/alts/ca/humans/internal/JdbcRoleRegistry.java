package dev.alts.ca.humans.internal;

import dev.alts.ca.humans.HumanName;
import dev.alts.ca.humans.Limits;
import dev.alts.ca.humans.Rights;
import dev.alts.ca.humans.Role;
import dev.alts.ca.humans.RoleAssignment;
import dev.alts.ca.humans.RoleRegistry;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Plain SQL, for the reasons of {@link JdbcHumanRegistry}. */
@Repository
@Transactional
class JdbcRoleRegistry implements RoleRegistry {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {};
  private static final String ONE =
      """
       human = :human AND role = :role AND path_prefix = :prefix
         AND machine_labels = :labels::jsonb\
      """;

  private final JdbcClient jdbc;

  JdbcRoleRegistry(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  @Transactional(readOnly = true)
  public Rights rights(HumanName human) {
    return new Rights(
        jdbc
            .sql(
                """
                SELECT a.* FROM role_assignment a JOIN human h ON h.name = a.human
                WHERE h.name = :human AND h.disabled_at IS NULL ORDER BY a.assignment_id
                """)
            .param("human", human.text())
            .query(JdbcRoleRegistry::assignment)
            .list()
            .stream()
            .map(RoleAssignment::held)
            .toList());
  }

  @Override
  @Transactional(readOnly = true)
  public Rights assigned(HumanName human) {
    return new Rights(
        jdbc
            .sql("SELECT * FROM role_assignment WHERE human = :human ORDER BY assignment_id")
            .param("human", human.text())
            .query(JdbcRoleRegistry::assignment)
            .list()
            .stream()
            .map(RoleAssignment::held)
            .toList());
  }

  @Override
  @Transactional(readOnly = true)
  public List<RoleAssignment> list(Optional<HumanName> human, long after, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM role_assignment
            WHERE assignment_id > :after AND (:human = '' OR human = :human)
            ORDER BY assignment_id LIMIT :limit
            """)
        .param("after", after)
        .param("human", human.map(HumanName::text).orElse(""))
        .param("limit", limit)
        .query(JdbcRoleRegistry::assignment)
        .list();
  }

  @Override
  @Transactional(propagation = Propagation.MANDATORY)
  public void lock() {
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('alts.role_assignment'))")
        .query((row, number) -> true)
        .list();
  }

  @Override
  public Optional<RoleAssignment> add(HumanName human, Rights.Held role, String by, String reason) {
    boolean known =
        jdbc.sql("SELECT EXISTS (SELECT FROM human WHERE name = :human)")
            .param("human", human.text())
            .query(Boolean.class)
            .single();
    if (!known) {
      return Optional.empty();
    }
    one(
            human,
            role,
            """
            INSERT INTO role_assignment (human, role, path_prefix, machine_labels, granted_by, reason)
            VALUES (:human, :role, :prefix, :labels::jsonb, :by, :reason) ON CONFLICT DO NOTHING
            """)
        .param("by", by)
        .param("reason", reason)
        .update();
    sayWhoMayEverything(human, role, true);
    return find(human, role);
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<RoleAssignment> find(HumanName human, Rights.Held role) {
    return one(human, role, "SELECT * FROM role_assignment WHERE" + ONE)
        .query(JdbcRoleRegistry::assignment)
        .optional();
  }

  @Override
  public void remove(RoleAssignment assignment) {
    one(assignment.human(), assignment.held(), "DELETE FROM role_assignment WHERE" + ONE).update();
    sayWhoMayEverything(assignment.human(), assignment.held(), false);
  }

  /** For replicas that know no roles yet. */
  private void sayWhoMayEverything(HumanName human, Rights.Held role, boolean admin) {
    if (role.role() == Role.SECURITY_ADMIN && role.limits().isNone()) {
      jdbc.sql(
              """
              UPDATE human SET admin = :admin,
                admin_since = CASE WHEN :admin THEN coalesce(admin_since, now()) ELSE admin_since END
              WHERE name = :human
              """)
          .param("admin", admin)
          .param("human", human.text())
          .update();
    }
  }

  @Override
  @Transactional(readOnly = true)
  public int unlimitedSecurityAdmins(HumanName without) {
    return jdbc.sql(
            """
            SELECT count(*) FROM role_assignment a JOIN human h ON h.name = a.human
            WHERE a.role = 'SECURITY_ADMIN' AND a.path_prefix = '' AND a.machine_labels = '{}'
              AND h.disabled_at IS NULL AND h.enrolled_at IS NOT NULL AND h.name <> :without
            """)
        .param("without", without.text())
        .query(Integer.class)
        .single();
  }

  @Override
  public void endCodesOfOthers(HumanName human, String by) {
    jdbc.sql(
            """
            DELETE FROM enrolment_code
            WHERE human = :human AND used_at IS NULL AND created_by <> :by
            """)
        .param("human", human.text())
        .param("by", by)
        .update();
  }

  @Override
  public void endCodesMadeBy(String by) {
    jdbc.sql("DELETE FROM enrolment_code WHERE created_by = :by AND used_at IS NULL")
        .param("by", by)
        .update();
  }

  private JdbcClient.StatementSpec one(HumanName human, Rights.Held role, String sql) {
    return jdbc.sql(sql)
        .param("human", human.text())
        .param("role", role.role().name())
        .param("prefix", role.limits().pathPrefix())
        .param("labels", JSON.writeValueAsString(new TreeMap<>(role.limits().machineLabels())));
  }

  private static RoleAssignment assignment(ResultSet row, int number) throws SQLException {
    return new RoleAssignment(
        row.getLong("assignment_id"),
        new HumanName(row.getString("human")),
        Role.valueOf(row.getString("role")),
        new Limits(
            row.getString("path_prefix"), JSON.readValue(row.getString("machine_labels"), LABELS)),
        row.getString("granted_by"),
        row.getString("reason"),
        row.getTimestamp("granted_at").toInstant());
  }
}
