package dev.alts.ca.issuance;

import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.authority.IssuingAuthorities;
import dev.alts.ca.authority.SigningAuthority;
import dev.alts.ca.issuance.RecordCompanion.Recorded;
import dev.alts.identity.Bytes;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Step 5 of docs/issuance.md: writes request, certificate, what others have to write along and the
 * audit event in one transaction.
 */
final class IssuanceRecords {
  private final TransactionTemplate transaction;
  private final RecordRows rows;
  private final List<RecordCompanion> companions;
  private final AuditLog audit;
  private final IssuingAuthorities authorities;

  IssuanceRecords(
      TransactionTemplate transaction,
      RecordRows rows,
      List<RecordCompanion> companions,
      AuditLog audit,
      IssuingAuthorities authorities) {
    this.transaction = transaction;
    this.rows = rows;
    this.companions = List.copyOf(companions);
    this.audit = audit;
    this.authorities = authorities;
  }

  /** {@return one result for each, in order; throws, and has recorded none, if the write fails} */
  List<RecordResult> record(List<PendingRecord> group) {
    // By identity: two requests of a group may be equal.
    Set<PendingRecord> written = Collections.newSetFromMap(new IdentityHashMap<>());
    transaction.executeWithoutResult(status -> {
      written.clear();
      List<PendingRecord> claimed = rows.insert(group);
      accompany(claimed);
      // Last, because it holds the chain's lock until the end of the transaction.
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

  private void accompany(List<PendingRecord> claimed) {
    List<Recorded> accompanied =
        claimed.stream()
            .flatMap(pending ->
                Stream.ofNullable(pending.request().attachment())
                    .map(attachment ->
                        new Recorded(
                            attachment,
                            pending.content().subject(),
                            pending.content().attributes(),
                            pending.content().notAfter())))
            .toList();
    if (!accompanied.isEmpty()) {
      companions.forEach(companion -> companion.record(accompanied));
    }
  }

  /** {@return what an earlier request with the same key came to} */
  private RecordResult earlier(PendingRecord pending) {
    return rows.earlier(pending.requestKey(), row -> earlier(pending, row)).stream()
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
}
