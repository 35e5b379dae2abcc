package dev.alts.ca.checkpoint;

import com.google.protobuf.ByteString;
import dev.alts.ca.audit.ChainHead;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.springframework.jdbc.core.JdbcTemplate;

/** Rows of checkpoints and of what changed from one to the next. */
final class CheckpointStore {
  /** Any number that nobody else locks. */
  private static final long LOCK = 0x414c_5453_0000_0001L;

  private static final String COLUMNS = "checkpoint_id, body, signature, key_spki, signed_at";

  private final JdbcTemplate jdbc;

  CheckpointStore(JdbcTemplate jdbc) {
    this.jdbc = jdbc;
  }

  /** Signers of all replicas come one by one; until the end of the transaction. */
  void lock() {
    jdbc.query("select pg_advisory_xact_lock(?)", row -> {}, LOCK);
  }

  Instant now() {
    Timestamp now = jdbc.queryForObject("select clock_timestamp()", Timestamp.class);
    if (now == null) {
      throw new AssertionError("clock_timestamp() is never null");
    }
    return now.toInstant();
  }

  Optional<KeptCheckpoint> latest() {
    return jdbc
        .query(
            "select " + COLUMNS + " from audit_checkpoint order by checkpoint_id desc limit 1",
            (row, number) -> read(row))
        .stream()
        .findFirst();
  }

  Optional<KeptCheckpoint> find(long number) {
    return jdbc
        .query(
            "select " + COLUMNS + " from audit_checkpoint where checkpoint_id = ?",
            (row, index) -> read(row),
            number)
        .stream()
        .findFirst();
  }

  List<KeptCheckpoint> after(long number, int limit) {
    return jdbc.query(
        "select "
            + COLUMNS
            + " from audit_checkpoint where checkpoint_id > ? order by checkpoint_id limit ?",
        (row, index) -> read(row),
        number,
        limit);
  }

  /** {@return what the latest checkpoint knows of each chain that there is} */
  List<ChainHead> latestHeads() {
    return jdbc.query(
        """
        select latest.* from audit_chain c cross join lateral (
          select h.* from audit_checkpoint_head h where h.chain_id = c.chain_id
          order by h.checkpoint_id desc limit 1) latest
        """,
        (row, number) -> head(row));
  }

  /** Shows every change, in the order in which checkpoints saw them. */
  void changes(Consumer<Change> reader) {
    jdbc.query(
        "select * from audit_checkpoint_head order by checkpoint_id, chain_id",
        row -> {
          reader.accept(new Change(row.getLong("checkpoint_id"), head(row)));
        });
  }

  /** A chain as a checkpoint found it, further than the one before did. */
  record Change(long checkpoint, ChainHead head) {}

  void insert(KeptCheckpoint checkpoint, Collection<ChainHead> changed) {
    jdbc.update(
        """
        insert into audit_checkpoint (checkpoint_id, signed_at, body, signature, key_spki)
        overriding system value values (?, ?, ?, ?, ?)
        """,
        checkpoint.number(),
        Timestamp.from(checkpoint.signedAt()),
        checkpoint.signed().getBody().toByteArray(),
        checkpoint.signed().getSignature().toByteArray(),
        checkpoint.keySpki().toByteArray());
    jdbc.batchUpdate(
        """
        insert into audit_checkpoint_head (checkpoint_id, chain_id, incarnation, purpose, sequence,
          head, base_sequence, base_hash)
        values (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        changed.stream()
            .map(head ->
                new Object[] {
                  checkpoint.number(),
                  head.chainId(),
                  head.incarnation(),
                  head.purpose(),
                  head.sequence(),
                  head.head().toByteArray(),
                  head.baseSequence(),
                  head.baseHash().toByteArray()
                })
            .toList());
  }

  /** Forgets old checkpoints; what the first that stays covers is folded into it. */
  void prune(Duration retention) {
    jdbc.query(
        """
        with first as (
          select min(checkpoint_id) as id from audit_checkpoint
          where signed_at >= clock_timestamp() - ? * interval '1 second'
        ), folded as (
          insert into audit_checkpoint_head (checkpoint_id, chain_id, incarnation, purpose, sequence,
            head, base_sequence, base_hash)
          select distinct on (h.chain_id) first.id, h.chain_id, h.incarnation, h.purpose, h.sequence,
            h.head, h.base_sequence, h.base_hash
          from audit_checkpoint_head h, first where h.checkpoint_id < first.id
          order by h.chain_id, h.checkpoint_id desc
          on conflict do nothing
        )
        select id from first where id is not null
        """,
        row -> {
          jdbc.update("delete from audit_checkpoint_head where checkpoint_id < ?", row.getLong(1));
          jdbc.update("delete from audit_checkpoint where checkpoint_id < ?", row.getLong(1));
        },
        retention.toSeconds());
  }

  private static KeptCheckpoint read(ResultSet row) throws SQLException {
    Bytes spki = Bytes.copyOf(row.getBytes("key_spki"));
    return new KeptCheckpoint(
        row.getLong("checkpoint_id"),
        SignedDocument.newBuilder()
            .setBody(ByteString.copyFrom(row.getBytes("body")))
            .setSignature(ByteString.copyFrom(row.getBytes("signature")))
            .setKeySpkiSha256(ByteString.copyFrom(Sha256.of(spki).asByteBuffer()))
            .build(),
        spki,
        row.getTimestamp("signed_at").toInstant());
  }

  private static ChainHead head(ResultSet row) throws SQLException {
    return new ChainHead(
        row.getLong("chain_id"),
        row.getObject("incarnation", UUID.class),
        row.getString("purpose"),
        row.getLong("sequence"),
        Bytes.copyOf(row.getBytes("head")),
        row.getLong("base_sequence"),
        Bytes.copyOf(row.getBytes("base_hash")));
  }
}
