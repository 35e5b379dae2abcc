package dev.alts.ca.policy.internal;

import dev.alts.ca.policy.RuleDraft;
import dev.alts.ca.policy.RuleSetSummary;
import dev.alts.ca.policy.RuleSetVersion;
import dev.alts.ca.policy.RuleStore;
import dev.alts.ca.policy.RuleTerms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Plain SQL: rows are only ever added. */
@Repository
@Transactional
class JdbcRuleStore implements RuleStore {
  private static final String NEWEST =
      """
      SELECT version, author, reason, created_at FROM rule_set %s
      ORDER BY version DESC LIMIT 1\
      """;

  private final JdbcClient jdbc;

  JdbcRuleStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public RuleSetVersion append(List<RuleDraft> rules, String author, String reason) {
    // Versions are taken one after the other, so a number is never given twice and none is missing.
    jdbc.sql("LOCK TABLE rule_set IN SHARE ROW EXCLUSIVE MODE").update();
    RuleSetVersion stored =
        jdbc.sql(
                """
                INSERT INTO rule_set (version, author, reason)
                SELECT coalesce(max(version), 0) + 1, :author, :reason FROM rule_set
                RETURNING version, author, reason, created_at\
                """)
            .param("author", author)
            .param("reason", reason)
            .query((row, number) -> version(row, rules))
            .single();
    rules.forEach(rule -> insert(stored.version(), rule));
    return stored;
  }

  private void insert(long version, RuleDraft rule) {
    jdbc.sql(
            """
            INSERT INTO identity_rule (version, name, condition, identity, use_machine_identity,
                ttl, hint, priority, clear_boundary, allow_any_machine, dns_names, record_protocols,
                require_privacy, resumption)
            VALUES (:version, :name, :condition, :identity, :machine, :ttl, :hint, :priority,
                :clear, :any, :dns, :records, :privacy, :resumption)\
            """)
        .param("version", version)
        .param("name", rule.name())
        .param("condition", rule.when())
        .param("identity", rule.identity())
        .param("machine", rule.useMachineIdentity())
        .param("ttl", rule.ttl())
        .param("hint", rule.hint())
        .param("priority", rule.priority())
        .param("clear", rule.clearBoundary())
        .param("any", rule.allowAnyMachine())
        .param("dns", rule.terms().dnsNames().toArray(String[]::new))
        .param("records", rule.terms().recordProtocols().toArray(String[]::new))
        .param("privacy", rule.terms().requirePrivacy())
        .param("resumption", rule.terms().resumption())
        .update();
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<RuleSetVersion> current() {
    return newest(jdbc.sql(NEWEST.formatted("")));
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<RuleSetVersion> find(long version) {
    return newest(jdbc.sql(NEWEST.formatted("WHERE version = :version")).param("version", version));
  }

  @Override
  @Transactional(readOnly = true)
  public Optional<RuleSetVersion> newestAt(Instant time) {
    return newest(
        jdbc.sql(NEWEST.formatted("WHERE created_at <= :time"))
            .param("time", time.atOffset(ZoneOffset.UTC)));
  }

  private Optional<RuleSetVersion> newest(JdbcClient.StatementSpec query) {
    return query
        .query((row, number) -> version(row, List.of()))
        .optional()
        .map(found ->
            new RuleSetVersion(
                found.version(),
                rules(found.version()),
                found.author(),
                found.reason(),
                found.createdAt()));
  }

  @Override
  @Transactional(readOnly = true)
  public List<RuleSetSummary> history(long before, int limit) {
    return jdbc.sql(
            """
            SELECT version, author, reason, created_at,
                (SELECT count(*) FROM identity_rule r WHERE r.version = s.version) AS rules
            FROM rule_set s WHERE version < :before ORDER BY version DESC LIMIT :limit\
            """)
        .param("before", before)
        .param("limit", limit)
        .query((row, number) ->
            new RuleSetSummary(
                row.getLong("version"),
                row.getInt("rules"),
                row.getString("author"),
                row.getString("reason"),
                row.getTimestamp("created_at").toInstant()))
        .list();
  }

  private List<RuleDraft> rules(long version) {
    return jdbc.sql("SELECT * FROM identity_rule WHERE version = :version ORDER BY priority, name")
        .param("version", version)
        .query(JdbcRuleStore::rule)
        .list();
  }

  private static RuleSetVersion version(ResultSet row, List<RuleDraft> rules) throws SQLException {
    return new RuleSetVersion(
        row.getLong("version"),
        rules,
        row.getString("author"),
        row.getString("reason"),
        row.getTimestamp("created_at").toInstant());
  }

  private static RuleDraft rule(ResultSet row, int number) throws SQLException {
    return new RuleDraft(
        row.getString("name"),
        row.getString("condition"),
        row.getString("identity"),
        row.getBoolean("use_machine_identity"),
        row.getString("ttl"),
        row.getString("hint"),
        row.getInt("priority"),
        row.getBoolean("clear_boundary"),
        row.getBoolean("allow_any_machine"),
        new RuleTerms(
            texts(row, "dns_names"),
            texts(row, "record_protocols"),
            row.getBoolean("require_privacy"),
            row.getBoolean("resumption")));
  }

  private static List<String> texts(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }
}
