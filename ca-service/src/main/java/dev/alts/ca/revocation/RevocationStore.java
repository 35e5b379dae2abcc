package dev.alts.ca.revocation;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.SpiffeId;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Rows of revocation. Calls belong in the transaction that the caller holds. */
@Repository
class RevocationStore {
  private static final String RECORDED =
      "SELECT id, entry, reason_code, author, reason, created_at FROM revocation_entry ";

  /** Longer than any issuance takes from its issued-at to its record. */
  private static final Duration SETTLED = Duration.ofMinutes(5);

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

  void add(RevocationEntry entry, ReasonCode code, String author, String reason) {
    jdbc.sql(
            """
            INSERT INTO revocation_entry (entry, reason_code, author, reason, drop_after)
            VALUES (:entry, :code, :author, :reason, :drop) ON CONFLICT (entry) DO NOTHING\
            """)
        .param("entry", entry.toByteArray())
        .param("code", code.number())
        .param("author", author)
        .param("reason", reason)
        .param("drop", Timestamp.from(Instant.ofEpochSecond(entry.getDropAfter())))
        .update();
  }

  /** {@return what can still match something; the rest goes (never earlier: abuse case 46)} */
  List<RevocationEntry> entriesInForce() {
    jdbc.sql(
            """
            WITH gone AS (
                DELETE FROM revocation_entry
                WHERE drop_after < clock_timestamp() AND certificates_marked RETURNING *)
            INSERT INTO past_revocation (id, entry, author, reason, created_at, drop_after)
            SELECT id, entry, author, reason, created_at, drop_after FROM gone\
            """)
        .update();
    return jdbc.sql(
            """
            SELECT entry FROM revocation_entry WHERE drop_after >= clock_timestamp()
            ORDER BY created_at, id\
            """)
        .query((row, number) -> entry(row))
        .list();
  }

  private static RevocationEntry entry(ResultSet row) throws SQLException {
    try {
      return RevocationEntry.parseFrom(row.getBytes("entry"));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("stored revocation entry is damaged", e);
    }
  }

  /** {@return entries in force, the newest first, behind {@code after}} */
  List<RecordedRevocation> page(Optional<RecordedRevocation.Position> after, int limit) {
    return jdbc.sql(
            RECORDED
                + """
                WHERE drop_after >= clock_timestamp() AND (created_at, id) < (:time, :id)
                ORDER BY created_at DESC, id DESC LIMIT :limit\
                """)
        .param(
            "time",
            after
                .map(position -> position.createdAt().atOffset(ZoneOffset.UTC))
                .orElse(OffsetDateTime.parse("9999-01-01T00:00:00Z")))
        .param("id", after.map(RecordedRevocation.Position::id).orElse(new UUID(0, 0)))
        .param("limit", limit)
        .query((row, number) -> recorded(row))
        .list();
  }

  Optional<RecordedRevocation> find(UUID id) {
    return jdbc.sql(RECORDED + "WHERE drop_after >= clock_timestamp() AND id = :id")
        .param("id", id)
        .query((row, number) -> recorded(row))
        .optional();
  }

  /** {@return entries of which some certificates may have no mark yet, the oldest first} */
  List<RecordedRevocation> unmarked() {
    return jdbc.sql(RECORDED + "WHERE NOT certificates_marked ORDER BY created_at, id")
        .query((row, number) -> recorded(row))
        .list();
  }

  /** What was issued before the entry is recorded by now: nothing can be missed any more. */
  void allMarked(UUID id) {
    jdbc.sql(
            """
            UPDATE revocation_entry SET certificates_marked = true
            WHERE id = :id AND created_at < clock_timestamp() - make_interval(secs => :settled)\
            """)
        .param("id", id)
        .param("settled", SETTLED.toSeconds())
        .update();
  }

  private static RecordedRevocation recorded(ResultSet row) throws SQLException {
    return new RecordedRevocation(
        row.getObject("id", UUID.class),
        entry(row),
        ReasonCode.ofNumber(row.getInt("reason_code")),
        row.getString("author"),
        row.getString("reason"),
        row.getTimestamp("created_at").toInstant());
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
    return jdbc.sql(
                """
                WITH gone AS (DELETE FROM banned_identity WHERE spiffe_id = :id RETURNING *)
                INSERT INTO lifted_identity_ban (spiffe_id, reason, banned_at)
                SELECT spiffe_id, reason, banned_at FROM gone\
                """)
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
