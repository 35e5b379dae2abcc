package dev.alts.ca.attestation.internal;

import dev.alts.ca.attestation.MachineAuthentication;
import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.attestation.MachineProperties;
import dev.alts.ca.database.GatheredLookups;
import dev.alts.ca.database.SqlArrays;
import dev.alts.identity.Bytes;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Which machines the certificates of present calls stand for. Every call is looked up anew, so that
 * a ban or a newer attestation counts at once; calls at the same time share the query.
 */
final class Authentications {
  private final JdbcTemplate jdbc;
  private final GatheredLookups<Bytes, Shown> lookups;

  private final Lineage lineage;

  Authentications(JdbcTemplate jdbc, Lineage lineage) {
    this.jdbc = jdbc;
    this.lineage = lineage;
    this.lookups = new GatheredLookups<>(this::shown);
  }

  MachineAuthentication of(Bytes certificateSha256) {
    return lookups
        .find(certificateSha256)
        .map(shown ->
            switch (shown) {
              case Present present -> present.authentication();
              case Behind behind -> lineage.judge(behind.shown());
            })
        .orElseGet(MachineAuthentication.Unknown::new);
  }

  private sealed interface Shown {}

  /** Of a machine that goes on with it, or of a banned one. */
  private record Present(MachineAuthentication authentication, Confirmation confirmation)
      implements Shown {}

  /** Of a machine that went on with another one. */
  private record Behind(Lineage.Shown shown) implements Shown {}

  /**
   * That a certificate was used.
   *
   * @param advances whether it is used for the first time
   * @param due whether the row does not say so yet
   */
  private record Confirmation(
      String machine, int lineage, int generation, int head, boolean advances, boolean due) {}

  private Map<Bytes, Shown> shown(Set<Bytes> certificates) {
    Map<Bytes, Shown> found = look(certificates);
    List<Confirmation> due =
        found.values().stream()
            .filter(Present.class::isInstance)
            .map(shown -> ((Present) shown).confirmation())
            .filter(Confirmation::due)
            .toList();
    confirm(due);
    if (due.stream().anyMatch(Confirmation::advances)) {
      // Of two that would both be the next one, here or at another replica, one is by now.
      found.putAll(look(certificates));
    }
    return found;
  }

  private Map<Bytes, Shown> look(Set<Bytes> certificates) {
    Map<Bytes, Shown> found = new HashMap<>();
    jdbc.query(
        connection -> {
          PreparedStatement query =
              connection.prepareStatement(
                  """
                  SELECT c.sha256, m.name, m.boundary, m.attestor, m.lineage, c.generation,
                      m.banned_at IS NOT NULL AS banned, m.ban_reason, m.attested_at,
                      m.confirmed_generation AS head,
                      m.last_seen < clock_timestamp() - interval '1 minute' AS stale,
                      extract(epoch FROM clock_timestamp() - m.confirmed_at)::float8
                          AS seconds_since_head,
                      CASE
                        WHEN c.generation = m.confirmed_generation THEN 'HEAD'
                        WHEN c.generation > m.confirmed_generation AND m.confirmed_generation
                            = coalesce(c.parent_generation, m.confirmed_generation) THEN 'NEXT'
                        WHEN EXISTS (SELECT FROM machine_certificate child
                            WHERE child.machine = m.name AND child.lineage = m.lineage
                              AND child.generation > c.generation AND c.generation
                                = coalesce(child.parent_generation, c.generation)) THEN 'ANCESTOR'
                        ELSE 'LOST_BRANCH' END AS standing,
                      array(SELECT key FROM machine_label l WHERE l.machine = m.name
                          ORDER BY key) AS keys,
                      array(SELECT value FROM machine_label l WHERE l.machine = m.name
                          ORDER BY key) AS values
                  FROM machine_certificate c JOIN machine m ON m.name = c.machine
                  WHERE c.sha256 = ANY(?) AND c.lineage = m.lineage AND NOT c.may_delegate
                      AND c.not_after > clock_timestamp()\
                  """);
          new SqlArrays<>(connection, query, List.copyOf(certificates)).bytes(key -> key);
          return query;
        },
        row -> {
          found.put(Bytes.copyOf(row.getBytes("sha256")), read(row));
        });
    return found;
  }

  private static Shown read(ResultSet row) throws SQLException {
    MachineName name = new MachineName(row.getString("name"));
    int lineage = row.getInt("lineage");
    int generation = row.getInt("generation");
    int head = row.getInt("head");
    if (row.getBoolean("banned")) {
      return new Present(
          new MachineAuthentication.Banned(name, row.getString("ban_reason")),
          new Confirmation(name.text(), lineage, generation, head, false, false));
    }
    MachineAuthentication.Authenticated machine =
        new MachineAuthentication.Authenticated(
            name,
            new MachineProperties(row.getString("boundary"), labels(row)),
            row.getString("attestor"),
            lineage,
            generation,
            row.getTimestamp("attested_at").toInstant());
    Lineage.Standing standing = Lineage.Standing.valueOf(row.getString("standing"));
    return switch (standing) {
      case HEAD ->
          new Present(
              machine,
              new Confirmation(
                  name.text(), lineage, generation, head, false, row.getBoolean("stale")));
      case NEXT ->
          new Present(
              machine, new Confirmation(name.text(), lineage, generation, head, true, true));
      case ANCESTOR, LOST_BRANCH ->
          new Behind(
              new Lineage.Shown(
                  machine, standing, generation, head, row.getDouble("seconds_since_head")));
    };
  }

  private static Map<String, String> labels(ResultSet row) throws SQLException {
    String[] keys = (String[]) row.getArray("keys").getArray();
    String[] values = (String[]) row.getArray("values").getArray();
    Map<String, String> labels = new HashMap<>();
    for (int i = 0; i < keys.length; i++) {
      labels.put(keys[i], values[i]);
    }
    return labels;
  }

  /** Rows are locked in the order of names, so that replicas do not wait for each other. */
  private void confirm(List<Confirmation> seen) {
    if (seen.isEmpty()) {
      return;
    }
    jdbc.update(connection -> {
      PreparedStatement update =
          connection.prepareStatement(
              """
              WITH seen AS (
                  SELECT DISTINCT ON (name, lineage) name, lineage, generation::int, head::int
                  FROM unnest(?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
                      AS s (name, lineage, generation, head)
                  ORDER BY name, lineage, generation DESC
              ), locked AS (
                  SELECT m.name, seen.generation, seen.head
                  FROM machine m JOIN seen ON m.name = seen.name AND m.lineage = seen.lineage
                  ORDER BY m.name FOR UPDATE OF m
              )
              UPDATE machine m SET last_seen = clock_timestamp(),
                  -- Unless another child of the same one came first.
                  confirmed_generation = CASE WHEN m.confirmed_generation = locked.head
                      THEN locked.generation ELSE m.confirmed_generation END
              FROM locked WHERE m.name = locked.name\
              """);
      new SqlArrays<>(connection, update, seen)
          .texts(Confirmation::machine)
          .numbers(confirmation -> (long) confirmation.lineage())
          .numbers(confirmation -> (long) confirmation.generation())
          .numbers(confirmation -> (long) confirmation.head());
      return update;
    });
  }
}
