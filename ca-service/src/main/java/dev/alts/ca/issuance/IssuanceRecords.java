package dev.alts.ca.issuance;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.audit.ReplicaIncarnation;
import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Step 5 of docs/issuance.md: writes request, certificate and audit event in one transaction. */
final class IssuanceRecords {
  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final AuditLog audit;
  private final IssuingAuthorities authorities;
  private final ReplicaIncarnation incarnation;

  IssuanceRecords(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      AuditLog audit,
      IssuingAuthorities authorities,
      ReplicaIncarnation incarnation) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.audit = audit;
    this.authorities = authorities;
    this.incarnation = incarnation;
  }

  /** {@return one result for each, in order; throws, and has recorded none, if the write fails} */
  List<RecordResult> record(List<PendingRecord> group) {
    // By identity: two requests of a group may be equal.
    Set<PendingRecord> written = Collections.newSetFromMap(new IdentityHashMap<>());
    transaction.executeWithoutResult(status -> {
      written.clear();
      List<PendingRecord> claimed = claimKeys(group);
      insertCertificates(claimed);
      audit.append(claimed.stream().map(PendingRecord::auditEvent).toList());
      written.addAll(claimed);
    });
    List<RecordResult> results = new ArrayList<>();
    for (PendingRecord pending : group) {
      if (written.contains(pending)) {
        pending.prepared().recorded();
        results.add(new RecordResult.Durable(pending.prepared(), null));
      } else {
        results.add(earlier(pending));
      }
    }
    return results;
  }

  /** {@return those whose key was free} */
  private List<PendingRecord> claimKeys(List<PendingRecord> group) {
    List<Object[]> rows = new ArrayList<>();
    for (PendingRecord pending : group) {
      rows.add(
          new Object[] {
            pending.requestKey().toByteArray(),
            pending.requestDigest().toByteArray(),
            pending.serial().toByteArray(),
            time(pending.content().notAfter())
          });
    }
    int[] inserted =
        jdbc.batchUpdate(
            """
            insert into issuance_request (request_key, request_digest, serial, not_after)
            values (?, ?, ?, ?) on conflict (request_key) do nothing
            """,
            rows);
    List<PendingRecord> claimed = new ArrayList<>();
    for (int i = 0; i < inserted.length; i++) {
      if (inserted[i] == 1) {
        claimed.add(group.get(i));
      }
    }
    return claimed;
  }

  private void insertCertificates(List<PendingRecord> pendings) {
    List<Object[]> rows = new ArrayList<>();
    for (PendingRecord pending : pendings) {
      CertificateContent content = pending.content();
      IssuanceAuthorization authorization = pending.request().authorization();
      rows.add(
          new Object[] {
            pending.serial().toByteArray(),
            content.attributes().revocationId().value(),
            content.subject().toString(),
            content.profile().name(),
            authorization.boundary(),
            authorization.machine(),
            content.attributes().mayDelegate(),
            content.issuer().id(),
            Sha256.of(content.spki()).toByteArray(),
            pending.prepared().tbs().toByteArray(),
            authorization.requester(),
            authorization.describe(),
            incarnation.id(),
            time(content.attributes().issuedAt()),
            time(content.notBefore()),
            time(content.notAfter())
          });
    }
    jdbc.batchUpdate(
        """
        insert into certificate (serial, revocation_id, spiffe_id, profile, boundary, machine,
          may_delegate, authority_id, spki_sha256, tbs, requester, authorized_by, incarnation,
          issued_at, not_before, not_after)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        rows);
  }

  /** {@return what an earlier request with the same key came to} */
  private RecordResult earlier(PendingRecord pending) {
    return jdbc
        .query(
            """
            select r.request_digest, c.serial, c.tbs, c.authority_id, c.profile, c.signature
            from issuance_request r join certificate c using (serial, not_after)
            where r.request_key = ?
            """,
            (row, number) -> earlier(pending, row),
            pending.requestKey().toByteArray())
        .stream()
        .findFirst()
        .orElseGet(() -> new RecordResult.Failed("the earlier request with this key is gone"));
  }

  private RecordResult earlier(PendingRecord pending, ResultSet row) throws SQLException {
    if (!Bytes.copyOf(row.getBytes("request_digest")).equals(pending.requestDigest())) {
      return new RecordResult.KeyReused();
    }
    if (new BigInteger(row.getBytes("serial")).equals(pending.serial())) {
      // Our own write, whose commit was not acknowledged.
      pending.prepared().recorded();
      return new RecordResult.Durable(pending.prepared(), null);
    }
    UUID authorityId = row.getObject("authority_id", UUID.class);
    SigningAuthority authority = authorities.find(authorityId).orElse(null);
    if (authority == null) {
      return new RecordResult.Failed("the authority of the earlier certificate was revoked");
    }
    byte @Nullable [] signature = row.getBytes("signature");
    return new RecordResult.Durable(
        PreparedCertificate.fromRecord(
            Bytes.copyOf(row.getBytes("tbs")),
            authority,
            CertificateProfile.valueOf(row.getString("profile"))),
        signature == null ? null : Bytes.copyOf(signature));
  }

  private static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
