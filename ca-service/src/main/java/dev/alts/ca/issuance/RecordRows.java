package dev.alts.ca.issuance;

import dev.alts.ca.audit.ReplicaIncarnation;
import dev.alts.ca.database.SqlArrays;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of requests and certificates, a group in one statement. */
final class RecordRows {
  /** A request whose key is taken inserts nothing, and neither does its certificate. */
  private static final String INSERT =
      """
      with asked as (
        select * from unnest(?::bytea[], ?::bytea[], ?::bytea[], ?::bigint[], ?::text[], ?::text[],
          ?::text[], ?::text[], ?::boolean[], ?::text[], ?::bytea[], ?::bytea[], ?::text[],
          ?::text[], ?::bigint[], ?::bigint[], ?::bigint[])
        as asked (request_key, request_digest, serial, revocation_id, spiffe_id, profile, boundary,
          machine, may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by,
          issued_at, not_before, not_after)
      ), claimed as (
        insert into issuance_request (request_key, request_digest, serial, not_after)
        select request_key, request_digest, serial, to_timestamp(not_after) from asked
        on conflict (request_key) do nothing
        returning serial
      ), written as (
        insert into certificate (serial, revocation_id, spiffe_id, profile, boundary, machine,
          may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, incarnation,
          issued_at, not_before, not_after)
        select serial, revocation_id, spiffe_id, profile, boundary, machine, may_delegate,
          authority_id::uuid, spki_sha256, tbs, requester, authorized_by, ?,
          to_timestamp(issued_at), to_timestamp(not_before), to_timestamp(not_after)
        from asked join claimed using (serial)
      )
      select serial from claimed
      """;

  private static final int INCARNATION = 18;

  private final JdbcTemplate jdbc;
  private final ReplicaIncarnation incarnation;

  RecordRows(JdbcTemplate jdbc, ReplicaIncarnation incarnation) {
    this.jdbc = jdbc;
    this.incarnation = incarnation;
  }

  /** {@return those whose key was free; their rows are written} */
  List<PendingRecord> insert(List<PendingRecord> group) {
    Set<Bytes> claimed =
        new HashSet<>(
            jdbc.query(
                connection -> statement(connection, group),
                (row, number) -> Bytes.copyOf(row.getBytes("serial"))));
    return group.stream()
        .filter(pending -> claimed.contains(Bytes.copyOf(pending.serial().toByteArray())))
        .toList();
  }

  private PreparedStatement statement(Connection connection, List<PendingRecord> group)
      throws SQLException {
    PreparedStatement insert = connection.prepareStatement(INSERT);
    new SqlArrays<>(connection, insert, group)
        .bytes(PendingRecord::requestKey)
        .bytes(PendingRecord::requestDigest)
        .bytes(pending -> Bytes.copyOf(pending.serial().toByteArray()))
        .numbers(pending -> pending.content().attributes().revocationId().value())
        .texts(pending -> pending.content().subject().toString())
        .texts(pending -> pending.content().profile().name())
        .texts(pending -> pending.authorization().boundary())
        .texts(pending -> pending.authorization().machine())
        .flags(pending -> pending.content().attributes().mayDelegate())
        .texts(pending -> pending.content().issuer().id().toString())
        .bytes(pending -> Sha256.of(pending.content().spki()))
        .bytes(pending -> pending.prepared().tbs())
        .texts(pending -> pending.authorization().requester())
        .texts(pending -> pending.authorization().describe())
        .seconds(pending -> pending.content().attributes().issuedAt())
        .seconds(pending -> pending.content().notBefore())
        .seconds(pending -> pending.content().notAfter());
    insert.setObject(INCARNATION, incarnation.id());
    return insert;
  }

  /** What an earlier request with the same key left. */
  interface EarlierReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  <T> List<T> earlier(Bytes requestKey, EarlierReader<T> reader) {
    return jdbc.query(
        """
        select r.request_digest, c.serial, c.tbs, c.authority_id, c.profile,
          coalesce(s.signature, c.signature) as signature
        from issuance_request r join certificate c using (serial, not_after)
          left join certificate_signature s using (serial)
        where r.request_key = ?
        """,
        (row, number) -> reader.read(row),
        requestKey.toByteArray());
  }
}
