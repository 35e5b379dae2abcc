package dev.alts.ca.revocation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.SpiffeId;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of revocation. Calls belong in the transaction that the caller holds. */
@Repository
class RevocationStore {
  private final JdbcClient jdbc;

  RevocationStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The list in force. */
  record Signed(
      long counter, long trustDocumentSequence, SignedDocument document, Instant issuedAt) {}

  /** {@return the counter for the next list; the row stays locked, so signers come one by one} */
  long lockAndCount() {
    return jdbc.sql("UPDATE revocation_list SET counter = counter + 1 RETURNING counter")
        .query(Long.class)
        .single();
  }

  void store(long counter, long trustDocumentSequence, SignedDocument document, Instant issuedAt) {
    jdbc.sql(
            """
            UPDATE revocation_list SET trust_document_sequence = :sequence, document = :document,
                issued_at = :issued WHERE counter = :counter\
            """)
        .param("sequence", trustDocumentSequence)
        .param("document", document.toByteArray())
        .param("issued", Timestamp.from(issuedAt))
        .param("counter", counter)
        .update();
  }

  Optional<Signed> current() {
    return jdbc.sql("SELECT * FROM revocation_list WHERE issued_at IS NOT NULL")
        .query((row, number) ->
            new Signed(
                row.getLong("counter"),
                row.getLong("trust_document_sequence"),
                document(row.getBytes("document")),
                row.getTimestamp("issued_at").toInstant()))
        .optional();
  }

  private static SignedDocument document(byte[] stored) {
    try {
      return SignedDocument.parseFrom(stored);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored revocation list is damaged", e);
    }
  }

  void add(RevocationEntry entry, String author, String reason) {
    jdbc.sql(
            """
            INSERT INTO revocation_entry (entry, author, reason, drop_after)
            VALUES (:entry, :author, :reason, :drop) ON CONFLICT (entry) DO NOTHING\
            """)
        .param("entry", entry.toByteArray())
        .param("author", author)
        .param("reason", reason)
        .param("drop", Timestamp.from(Instant.ofEpochSecond(entry.getDropAfter())))
        .update();
  }

  /** {@return what can still match something; the rest goes (never earlier: abuse case 46)} */
  List<RevocationEntry> entriesInForce() {
    jdbc.sql("DELETE FROM revocation_entry WHERE drop_after < clock_timestamp()").update();
    return jdbc.sql("SELECT entry FROM revocation_entry ORDER BY created_at, id")
        .query((row, number) -> {
          try {
            return RevocationEntry.parseFrom(row.getBytes("entry"));
          } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("stored revocation entry is damaged", e);
          }
        })
        .list();
  }

  void ban(SpiffeId id, String reason) {
    jdbc.sql(
            """
            INSERT INTO banned_identity (spiffe_id, reason) VALUES (:id, :reason)
            ON CONFLICT (spiffe_id) DO UPDATE SET reason = EXCLUDED.reason\
            """)
        .param("id", id.toString())
        .param("reason", reason)
        .update();
  }

  boolean unban(SpiffeId id) {
    return jdbc.sql("DELETE FROM banned_identity WHERE spiffe_id = :id")
            .param("id", id.toString())
            .update()
        == 1;
  }

  List<BannedIdentity> bans() {
    return jdbc.sql("SELECT spiffe_id, reason, banned_at FROM banned_identity ORDER BY spiffe_id")
        .query((row, number) ->
            new BannedIdentity(
                SpiffeId.parse(row.getString("spiffe_id")),
                row.getString("reason"),
                row.getTimestamp("banned_at").toInstant()))
        .list();
  }

  /** {@return of these identities the banned ones, and why they are} */
  Map<SpiffeId, String> banReasons(Set<SpiffeId> ids) {
    Map<SpiffeId, String> reasons = new HashMap<>();
    jdbc.sql("SELECT spiffe_id, reason FROM banned_identity WHERE spiffe_id = ANY(:ids)")
        .param("ids", ids.stream().map(SpiffeId::toString).toArray(String[]::new))
        .query((row, number) ->
            reasons.put(SpiffeId.parse(row.getString("spiffe_id")), row.getString("reason")))
        .list();
    return reasons;
  }

  Instant now() {
    return jdbc.sql("SELECT clock_timestamp()")
        .query((row, number) -> row.getTimestamp(1).toInstant())
        .single();
  }
}
