package dev.alts.ca.authority;

import com.google.protobuf.ByteString;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of trust documents that were signed ahead. */
final class AheadRows {
  private final JdbcTemplate jdbc;

  AheadRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** {@return those behind {@code sequence} that hold at {@code now}, latest first} */
  List<SignedDocument> usable(long sequence, Instant now) {
    return jdbc.query(
        """
        select body, signature, key_spki_sha256 from trust_document_ahead
        where sequence > ? and issued_at <= ? and next_update > ? order by sequence desc
        """,
        (row, number) ->
            SignedDocument.newBuilder()
                .setBody(ByteString.copyFrom(row.getBytes("body")))
                .setSignature(ByteString.copyFrom(row.getBytes("signature")))
                .setKeySpkiSha256(ByteString.copyFrom(row.getBytes("key_spki_sha256")))
                .build(),
        sequence,
        now.atOffset(ZoneOffset.UTC),
        now.atOffset(ZoneOffset.UTC));
  }

  void insert(SignedDocument signed, TrustDocument parsed) {
    jdbc.update(
        """
        insert into trust_document_ahead
          (sequence, body, signature, key_spki_sha256, issued_at, next_update)
        values (?, ?, ?, ?, ?, ?)
        on conflict (sequence) do update set body = excluded.body, signature = excluded.signature,
          key_spki_sha256 = excluded.key_spki_sha256, issued_at = excluded.issued_at,
          next_update = excluded.next_update, imported_at = clock_timestamp()
        """,
        parsed.sequence(),
        signed.getBody().toByteArray(),
        signed.getSignature().toByteArray(),
        signed.getKeySpkiSha256().toByteArray(),
        parsed.issuedAt().atOffset(ZoneOffset.UTC),
        parsed.nextUpdate().atOffset(ZoneOffset.UTC));
  }

  /** {@return the end of the last one, if there is any} */
  Optional<Instant> lastUntil() {
    return Optional.ofNullable(
            jdbc.queryForObject(
                "select max(next_update) from trust_document_ahead", OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
