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

  Authentications(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
    this.lookups = new GatheredLookups<>(this::shown);
  }

  MachineAuthentication of(Bytes certificateSha256) {
    return lookups
        .find(certificateSha256)
        .map(Shown::authentication)
        .orElseGet(MachineAuthentication.Unknown::new);
  }

  private record Shown(MachineAuthentication authentication, Confirmation confirmation) {}

  /**
   * That a certificate was used.
   *
   * @param due whether the row does not say so yet
   */
  private record Confirmation(String machine, int lineage, int generation, boolean due) {}

  private Map<Bytes, Shown> shown(Set<Bytes> certificates) {
    Map<Bytes, Shown> found = new HashMap<>();
    jdbc.query(
        connection -> {
          PreparedStatement query =
              connection.prepareStatement(
                  """
                  SELECT c.sha256, m.name, m.boundary, m.attestor, m.lineage, c.generation,
                      m.banned_at IS NOT NULL AS banned, m.ban_reason, m.attested_at,
                      m.confirmed_generation < c.generation
                          OR m.last_seen < clock_timestamp() - interval '1 minute' AS stale,
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
    confirm(found.values().stream().map(Shown::confirmation).filter(Confirmation::due).toList());
    return found;
  }

  private static Shown read(ResultSet row) throws SQLException {
    MachineName name = new MachineName(row.getString("name"));
    boolean banned = row.getBoolean("banned");
    int lineage = row.getInt("lineage");
    int generation = row.getInt("generation");
    return new Shown(
        banned
            ? new MachineAuthentication.Banned(name, row.getString("ban_reason"))
            : new MachineAuthentication.Authenticated(
                name,
                new MachineProperties(row.getString("boundary"), labels(row)),
                row.getString("attestor"),
                lineage,
                generation,
                row.getTimestamp("attested_at").toInstant()),
        new Confirmation(name.text(), lineage, generation, !banned && row.getBoolean("stale")));
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
                  SELECT name, lineage, max(generation)::int AS generation
                  FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS s (name, lineage, generation)
                  GROUP BY name, lineage
              ), locked AS (
                  SELECT m.name, seen.generation
                  FROM machine m JOIN seen ON m.name = seen.name AND m.lineage = seen.lineage
                  ORDER BY m.name FOR UPDATE OF m
              )
              UPDATE machine m SET last_seen = clock_timestamp(),
                  confirmed_generation = greatest(m.confirmed_generation, locked.generation)
              FROM locked WHERE m.name = locked.name\
              """);
      new SqlArrays<>(connection, update, seen)
          .texts(Confirmation::machine)
          .numbers(confirmation -> (long) confirmation.lineage())
          .numbers(confirmation -> (long) confirmation.generation());
      return update;
    });
  }
}
