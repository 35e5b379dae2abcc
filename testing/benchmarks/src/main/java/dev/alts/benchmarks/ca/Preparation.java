package dev.alts.benchmarks.ca;

import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a rule and join tokens into the database of a stopped CA: what an admin would do, without
 * a request for each of a thousand machines.
 */
final class Preparation {
  private static final byte[] TOKEN_LABEL =
      "ALTS/1 join token\0".getBytes(StandardCharsets.US_ASCII);

  /** User ID of each machine's first process. */
  static final int FIRST_UID = 1000;

  private Preparation() {}

  /** Every machine gets one identity for each user ID that it names. */
  static void rule(PostgresServer postgres, String database) throws SQLException {
    postgres.execute(
        database,
        """
        insert into rule_set (version, author, reason)
          select coalesce(max(version), 0) + 1, 'bench', 'bench' from rule_set;
        insert into identity_rule (version, name, condition, identity, use_machine_identity, ttl,
          hint, priority, clear_boundary, allow_any_machine)
        select max(version), 'web', 'machine.labels.env == "bench" && workload.unix.uid >= 1000',
          '/bench/{machine.name}/{workload.unix.uid}', false, '1h', '', 10, false, false
        from rule_set
        """);
  }

  /**
   * Adds live grants by the rule of {@link #rule}, as if each machine had asked for so many
   * processes just now: what the CA keeps of a grant, without the certificate itself.
   */
  static void grants(PostgresServer postgres, String database, int machines, int each)
      throws SQLException {
    try (Connection connection = postgres.connect(database);
        PreparedStatement grants =
            connection.prepareStatement(
                """
                insert into live_grant (revocation_id, machine, spiffe_id, boundary, rule,
                  rule_version, question, resumes, issued_at, not_after)
                select 1000000000 + m * 1000 + u, 'bench-' || m,
                  'spiffe://bench.alts/bench/bench-' || m || '/' || 1000 + u, 'rack-1', 'web',
                  (select max(version) from rule_set), question, false, now,
                  now + interval '1 hour'
                from generate_series(0, ? - 1) as m,
                  unnest(?::bytea[]) with ordinality as asked (question, one),
                  lateral (select one - 1) as number (u),
                  date_trunc('second', clock_timestamp()) as now
                """)) {
      byte[][] questions = new byte[each][];
      for (int u = 0; u < each; u++) {
        questions[u] = Requests.question(FIRST_UID + u).toByteArray();
      }
      grants.setInt(1, machines);
      grants.setArray(2, connection.createArrayOf("bytea", questions));
      grants.executeUpdate();
    }
    postgres.execute(database, "analyze");
  }

  /** {@return the secrets of one new token for each of {@code count} machines} */
  static List<Bytes> tokens(PostgresServer postgres, String database, int count)
      throws SQLException {
    SecureRandom random = new SecureRandom();
    List<Bytes> secrets = new ArrayList<>();
    try (Connection connection = postgres.connect(database);
        PreparedStatement token =
            connection.prepareStatement(
                """
                with token as (
                  insert into join_token (secret_sha256, machine, boundary, created_by, expires_at)
                  values (?, ?, 'rack-1', 'bench', clock_timestamp() + interval '1 hour')
                  returning id)
                insert into join_token_label (token_id, key, value)
                select id, 'env', 'bench' from token
                """)) {
      connection.setAutoCommit(false);
      for (int i = 0; i < count; i++) {
        byte[] secret = new byte[32];
        random.nextBytes(secret);
        secrets.add(Bytes.copyOf(secret));
        token.setBytes(1, Sha256.of(TOKEN_LABEL, secret).toByteArray());
        token.setString(2, "bench-" + i);
        token.addBatch();
      }
      token.executeBatch();
      connection.commit();
    }
    return secrets;
  }

  /** Adds records until there are {@code count}, copies of one but for serial and identity. */
  static void certificates(PostgresServer postgres, String database, int count)
      throws SQLException {
    postgres.execute(
        database,
        """
        insert into certificate (serial, revocation_id, spiffe_id, profile, boundary, machine,
          may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, incarnation,
          issued_at, not_before, not_after)
        select decode(lpad(to_hex(n), 16, '0') || md5(n::text), 'hex'), 1000000000 + n,
          one.spiffe_id || n %% 10000, one.profile, one.boundary, one.machine || n %% 1000,
          one.may_delegate, one.authority_id, one.spki_sha256, one.tbs, one.requester,
          one.authorized_by, one.incarnation, one.issued_at, one.not_before, one.not_after
        from (select * from certificate where profile = 'WORKLOAD_MASTER' limit 1) as one,
          generate_series(1, greatest(0, %d - (select count(*) from certificate))) as n;
        analyze
        """
            .formatted(count));
  }
}
