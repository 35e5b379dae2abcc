package dev.alts.ca.authority;

import com.google.protobuf.ByteString;
import dev.alts.identity.document.Succession;
import dev.alts.identity.document.TrustDocument;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** The table of trust documents. */
final class TrustDocumentRows {
  private final JdbcTemplate jdbc;

  TrustDocumentRows(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** {@return at most {@code limit} documents, newest first} */
  List<SignedDocument> newest(int limit) {
    return jdbc.query(
        """
        select body, signature, key_spki_sha256 from trust_document
        order by sequence desc limit ?
        """,
        (row, number) -> read(row),
        limit);
  }

  /** {@return the last document of each root that has gone, oldest first} */
  List<SignedDocument> bridges() {
    return jdbc.query(
            """
            select body, signature, key_spki_sha256 from (
              select *, lead(key_spki_sha256) over (order by sequence) as next_key
              from trust_document) document
            where next_key <> key_spki_sha256
            order by sequence desc limit ?
            """,
            (row, number) -> read(row),
            Succession.MAX_BRIDGES)
        .reversed();
  }

  private static SignedDocument read(ResultSet row) throws SQLException {
    return SignedDocument.newBuilder()
        .setBody(ByteString.copyFrom(row.getBytes("body")))
        .setSignature(ByteString.copyFrom(row.getBytes("signature")))
        .setKeySpkiSha256(ByteString.copyFrom(row.getBytes("key_spki_sha256")))
        .build();
  }

  /** {@return the smallest sequence that this life of the database may use} */
  long sequenceFloor() {
    Long floor = jdbc.queryForObject("select sequence_floor()", Long.class);
    return floor == null ? 0 : floor;
  }

  void insert(PublishedTrustDocument document) {
    TrustDocument parsed = document.parsed();
    SignedDocument signed = document.signed();
    jdbc.update(
        """
        insert into trust_document
          (sequence, body, signature, key_spki_sha256, issued_at, next_update)
        values (?, ?, ?, ?, ?, ?)
        """,
        parsed.sequence(),
        signed.getBody().toByteArray(),
        signed.getSignature().toByteArray(),
        signed.getKeySpkiSha256().toByteArray(),
        parsed.issuedAt().atOffset(ZoneOffset.UTC),
        parsed.nextUpdate().atOffset(ZoneOffset.UTC));
  }
}
