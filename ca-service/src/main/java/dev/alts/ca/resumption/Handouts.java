package dev.alts.ca.resumption;

import dev.alts.ca.attestation.MachineName;
import dev.alts.ca.database.GatheredLookups;
import dev.alts.ca.database.SqlArrays;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes down who is given keys of whom, and tells which generation of keys that is. Thread-safe;
 * hand-outs at the same time share the transaction.
 */
final class Handouts {
  private final JdbcTemplate jdbc;
  private final GatheredLookups<Handout, Generation> lookups;

  Handouts(JdbcTemplate jdbc, TransactionTemplate transactions) {
    this.jdbc = jdbc;
    this.lookups =
        new GatheredLookups<>(handouts ->
            transactions.execute(status -> {
              List<Handout> ordered = List.copyOf(handouts);
              remember(ordered);
              return generations(ordered);
            }));
  }

  /** Keys of {@code holder} for {@code machine}, which open until {@code opensUntil}. */
  record Handout(MachineName machine, ResumptionKeys.Holder holder, Instant opensUntil) {}

  /** Of an identity whose keys were never replaced it is 0, from the beginning. */
  record Generation(int number, Instant createdAt) {
    static final Generation FIRST = new Generation(0, Instant.EPOCH);
  }

  /** {@return replaced generations of keys to give out, once it is on record who gets them} */
  Map<Handout, Generation> remembered(Set<Handout> handouts) {
    return lookups.findAll(handouts);
  }

  /** What is on record already is not written again: most hand-outs repeat one of this period. */
  private void remember(List<Handout> handouts) {
    jdbc.update(connection -> {
      PreparedStatement insert =
          connection.prepareStatement(
              """
              INSERT INTO resumption_handout AS h (machine, spiffe_id, boundary, opens_until)
              SELECT machine, spiffe_id, boundary, to_timestamp(max(opens_until))
              FROM unnest(?::text[], ?::text[], ?::text[], ?::bigint[])
                AS given (machine, spiffe_id, boundary, opens_until)
              WHERE NOT EXISTS (SELECT FROM resumption_handout k
                  WHERE k.machine = given.machine AND k.spiffe_id = given.spiffe_id
                    AND k.boundary = given.boundary
                    AND k.opens_until >= to_timestamp(given.opens_until))
              GROUP BY machine, spiffe_id, boundary ORDER BY machine, spiffe_id, boundary
              ON CONFLICT (machine, spiffe_id, boundary)
              DO UPDATE SET opens_until = greatest(h.opens_until, EXCLUDED.opens_until)\
              """);
      new SqlArrays<>(connection, insert, handouts)
          .texts(handout -> handout.machine().text())
          .texts(handout -> handout.holder().identity().toString())
          .texts(handout -> handout.holder().boundary())
          .seconds(Handout::opensUntil);
      return insert;
    });
  }

  private Map<Handout, Generation> generations(List<Handout> handouts) {
    Map<Handout, Generation> generations = new HashMap<>();
    jdbc.query(
        connection -> {
          PreparedStatement query =
              connection.prepareStatement(
                  """
                  SELECT given.number, g.generation, g.created_at
                  FROM unnest(?::text[], ?::text[]) WITH ORDINALITY
                    AS given (spiffe_id, boundary, number)
                  JOIN resumption_generation g USING (spiffe_id, boundary)\
                  """);
          new SqlArrays<>(connection, query, handouts)
              .texts(handout -> handout.holder().identity().toString())
              .texts(handout -> handout.holder().boundary());
          return query;
        },
        row -> {
          generations.put(handouts.get(row.getInt("number") - 1), generation(row));
        });
    return generations;
  }

  private static Generation generation(ResultSet row) throws SQLException {
    return new Generation(row.getInt("generation"), row.getTimestamp("created_at").toInstant());
  }
}
