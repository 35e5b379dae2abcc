package dev.alts.ca.grants;

import dev.alts.api.machine.v1.GrantChanges;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.watch.WatchLog;
import dev.alts.ca.watch.WatchTopic;
import dev.alts.identity.Bytes;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SpiffeId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/** Grants that have not expired. Thread-safe. */
@Service
public class Grants {
  private static final int CHANGES_PER_EVENT = 500;

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final WatchLog watch;
  private final GrantMetrics metrics;

  Grants(JdbcClient jdbc, TransactionTemplate transactions, WatchLog watch, GrantMetrics metrics) {
    this.jdbc = jdbc;
    this.metrics = metrics;
    this.transactions = transactions;
    this.watch = watch;
  }

  /**
   * Has a machine ask again for everything that it holds for its processes, so that all get new
   * certificates.
   *
   * @return how many grants that are
   */
  public int rotateMachine(MachineName machine, String reason) {
    return transactions.execute(status -> {
      List<GrantChange> changes =
          onMachine(machine).stream()
              .map(grant ->
                  new GrantChange(
                      GrantChange.Action.ASK_AGAIN, grant.spiffeId(), grant.revocationId(), reason))
              .toList();
      push(machine, changes);
      return changes.size();
    });
  }

  /** Tells a machine what changed, in the transaction that the caller is in. */
  public void push(MachineName machine, List<GrantChange> changes) {
    metrics.count(changes);
    for (int from = 0; from < changes.size(); from += CHANGES_PER_EVENT) {
      List<GrantChange> part =
          changes.subList(from, Math.min(from + CHANGES_PER_EVENT, changes.size()));
      watch.publish(
          WatchTopic.GRANTS,
          machine.text(),
          WatchResponse.newBuilder()
              .setGrants(
                  GrantChanges.newBuilder()
                      .addAllChanges(part.stream().map(Grants::toWire).toList()))
              .build());
    }
  }

  /** Tells many machines what changed, as above; in one order, whoever does it. */
  public void push(Map<MachineName, List<GrantChange>> changes) {
    changes.entrySet().stream()
        .sorted(Comparator.comparing(entry -> entry.getKey().text()))
        .forEach(entry -> push(entry.getKey(), entry.getValue()));
  }

  private static dev.alts.api.machine.v1.GrantChange toWire(GrantChange change) {
    return dev.alts.api.machine.v1.GrantChange.newBuilder()
        .setAction(
            switch (change.action()) {
              case WITHDRAW -> dev.alts.api.machine.v1.GrantChange.Action.WITHDRAW;
              case ASK_AGAIN -> dev.alts.api.machine.v1.GrantChange.Action.ASK_AGAIN;
            })
        .setSpiffeId(change.spiffeId().toString())
        .setRevocationId(change.revocationId().value())
        .setReason(change.reason())
        .build();
  }

  public List<LiveGrant> onMachine(MachineName machine) {
    return find("machine = :value AND not_after > clock_timestamp()", machine.text());
  }

  public List<LiveGrant> ofIdentity(SpiffeId identity) {
    return find("spiffe_id = :value AND not_after > clock_timestamp()", identity.toString());
  }

  public Optional<LiveGrant> find(RevocationId id) {
    return find("revocation_id = :value", id.value()).stream().findFirst();
  }

  /**
   * {@return grants that no version from {@code version} on has judged yet, in parts, those of one
   * machine together}
   *
   * @param last the last of the part before
   */
  public List<LiveGrant> judgedBefore(long version, Optional<LiveGrant> last, int limit) {
    return after(last, "AND rule_version < " + version, limit);
  }

  /**
   * {@return all grants that have not expired, in parts, those of one machine and identity
   * together}
   *
   * @param last the last of the part before
   */
  public List<LiveGrant> after(Optional<LiveGrant> last, int limit) {
    return after(last, "", limit);
  }

  private List<LiveGrant> after(Optional<LiveGrant> last, String condition, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM live_grant
            WHERE (machine, spiffe_id, revocation_id) > (:machine, :identity, :id)
                AND not_after > clock_timestamp() %s
            ORDER BY machine, spiffe_id, revocation_id LIMIT :limit\
            """
                .formatted(condition))
        .param("machine", last.map(grant -> grant.machine().text()).orElse(""))
        .param("identity", last.map(grant -> grant.spiffeId().toString()).orElse(""))
        .param("id", last.map(grant -> grant.revocationId().value()).orElse(Long.MIN_VALUE))
        .param("limit", limit)
        .query(Grants::grant)
        .list();
  }

  /** {@return the same, without those that one of {@code rules} gave} */
  public List<LiveGrant> ofOtherRules(Set<String> rules, Optional<LiveGrant> last, int limit) {
    return jdbc.sql(
            """
            SELECT * FROM live_grant
            WHERE (machine, spiffe_id, revocation_id) > (:machine, :identity, :id)
                AND not_after > clock_timestamp() AND rule <> ALL(:rules)
            ORDER BY machine, spiffe_id, revocation_id LIMIT :limit\
            """)
        .param("machine", last.map(grant -> grant.machine().text()).orElse(""))
        .param("identity", last.map(grant -> grant.spiffeId().toString()).orElse(""))
        .param("id", last.map(grant -> grant.revocationId().value()).orElse(Long.MIN_VALUE))
        .param("rules", rules.toArray(String[]::new))
        .param("limit", limit)
        .query(Grants::grant)
        .list();
  }

  private List<LiveGrant> find(String condition, Object value) {
    return jdbc.sql("SELECT * FROM live_grant WHERE " + condition)
        .param("value", value)
        .query(Grants::grant)
        .list();
  }

  private static LiveGrant grant(ResultSet row, int number) throws SQLException {
    return new LiveGrant(
        new RevocationId(row.getLong("revocation_id")),
        new MachineName(row.getString("machine")),
        SpiffeId.parse(row.getString("spiffe_id")),
        row.getString("boundary"),
        row.getString("rule"),
        row.getLong("rule_version"),
        Bytes.copyOf(row.getBytes("question")),
        row.getBoolean("resumes"),
        row.getString("terms"),
        row.getTimestamp("issued_at").toInstant(),
        row.getTimestamp("not_after").toInstant());
  }

  /**
   * {@return the revocation IDs of those of which the caller is the one to say what the version
   * means for them}
   */
  public Set<Long> markJudged(List<LiveGrant> judged, long version) {
    // In one order, so that replicas that judge the same part do not wait for each other in a ring.
    Long[] ids =
        judged.stream().map(grant -> grant.revocationId().value()).sorted().toArray(Long[]::new);
    return Set.copyOf(
        jdbc.sql(
                """
                WITH locked AS (
                  SELECT revocation_id FROM live_grant
                  WHERE revocation_id = ANY (:ids) AND rule_version < :version
                  ORDER BY revocation_id FOR UPDATE)
                UPDATE live_grant g SET rule_version = :version FROM locked
                WHERE g.revocation_id = locked.revocation_id
                RETURNING g.revocation_id\
                """)
            .param("ids", ids)
            .param("version", version)
            .query(Long.class)
            .list());
  }

  /** {@return machines with a grant that has not expired, and when the latest was issued} */
  public Map<MachineName, Instant> latestByMachine() {
    Map<MachineName, Instant> latest = new HashMap<>();
    jdbc.sql(
            """
            SELECT machine, max(issued_at) AS latest FROM live_grant
            WHERE not_after > clock_timestamp() GROUP BY machine\
            """)
        .query((row, number) ->
            latest.put(
                new MachineName(row.getString("machine")), row.getTimestamp("latest").toInstant()))
        .list();
    return latest;
  }

  /** {@return how many grants have not expired} */
  public long count() {
    return jdbc.sql("SELECT count(*) FROM live_grant WHERE not_after > clock_timestamp()")
        .query(Long.class)
        .single();
  }
}
