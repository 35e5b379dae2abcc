package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.Sha256;
import dev.alts.identity.document.DocumentType;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Replaces the keys for revocation lists, naming policies and audit checkpoints, all three
 * together: prepare, activate, retire. A step is one transaction with its audit events and its
 * trust document. It asks nobody whether the step is wise: that is {@code rotation}'s matter.
 * Thread-safe; replicas take turns.
 */
public final class DocumentKeyRotation {
  private static final Map<KeyPurpose, DocumentType> TYPES = types();

  private final JdbcTemplate jdbc;
  private final TransactionTemplate transaction;
  private final SigningKeys keys;
  private final AuditLog audit;
  private final TrustDomainKeeper keeper;

  DocumentKeyRotation(
      JdbcTemplate jdbc,
      TransactionTemplate transaction,
      SigningKeys keys,
      AuditLog audit,
      TrustDomainKeeper keeper) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.keys = keys;
    this.audit = audit;
    this.keeper = keeper;
  }

  /** {@return the keys in the trust document; of each type the one that signs first} */
  public List<DocumentKeyStatus> list() {
    List<DocumentKeyStatus> all = new ArrayList<>();
    TYPES.forEach((purpose, type) -> {
      boolean signing = true;
      for (Row row : rows(purpose)) {
        all.add(row.status(type, signing));
        signing = false;
      }
    });
    return List.copyOf(all);
  }

  /** Makes the next key of each type and publishes it, so that everybody accepts it. */
  public void prepare(String changedBy) {
    step(all -> {
      if (all.stream().anyMatch(key -> key.state() == DocumentKeyState.PREPARED)) {
        throw new IllegalStateException(
            "document keys: prepared already (expected: activate them first)");
      }
      if (all.stream().anyMatch(key -> key.state() == DocumentKeyState.FORMER)) {
        throw new IllegalStateException(
            "document keys: former ones are still published (expected: retire them first)");
      }
      TYPES.forEach((purpose, type) -> {
        SigningKey key = keys.create(purpose);
        jdbc.update("update signing_key set prepared = true where key_id = ?", key.id());
        record(key.spki(), type, DocumentKeyState.PREPARED.name(), changedBy);
      });
    });
  }

  /** Lets the prepared keys sign; what those before signed stays good. */
  public void activate(String changedBy) {
    step(all -> {
      for (DocumentKeyStatus key : requireAny(all, DocumentKeyState.PREPARED, "prepare")) {
        jdbc.update(
            """
            update signing_key set prepared = false, activated_at = clock_timestamp()
            where spki = ?
            """,
            key.spki().toByteArray());
        record(key.spki(), key.type(), DocumentKeyState.SIGNING.name(), changedBy);
      }
    });
  }

  /** Ends all trust in what the former keys signed; their private halves are erased. */
  public void retire(String changedBy) {
    step(all -> {
      for (DocumentKeyStatus key : requireAny(all, DocumentKeyState.FORMER, "activate")) {
        jdbc.update("delete from signing_key where spki = ?", key.spki().toByteArray());
        record(key.spki(), key.type(), "RETIRED", changedBy);
      }
    });
  }

  private static List<DocumentKeyStatus> requireAny(
      List<DocumentKeyStatus> all, DocumentKeyState state, String before) {
    List<DocumentKeyStatus> found = all.stream().filter(key -> key.state() == state).toList();
    if (found.isEmpty()) {
      throw new IllegalStateException(
          "document keys: none is %s (expected: %s them first)".formatted(state, before));
    }
    return found;
  }

  private void step(Consumer<List<DocumentKeyStatus>> change) {
    transaction.executeWithoutResult(status -> {
      keeper.lock();
      change.accept(list());
      keeper.publishChange();
    });
    keeper.refresh();
  }

  private void record(Bytes spki, DocumentType type, String state, String changedBy) {
    audit.append(
        new AuditEvent.AdminActed(
            changedBy, "document-key " + type.title(), Sha256.of(spki).toHex(), state));
  }

  private List<Row> rows(KeyPurpose purpose) {
    return jdbc.query(
        "select spki, prepared, created_at, activated_at from signing_key "
            + SigningKeys.ACTIVE_IN_ORDER,
        (row, number) ->
            new Row(
                Bytes.copyOf(row.getBytes("spki")),
                row.getBoolean("prepared"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                optional(row.getObject("activated_at", OffsetDateTime.class))),
        purpose.column());
  }

  private static @Nullable Instant optional(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  private static Map<KeyPurpose, DocumentType> types() {
    Map<KeyPurpose, DocumentType> types = new LinkedHashMap<>();
    types.put(KeyPurpose.REVOCATION, DocumentType.REVOCATION_LIST);
    types.put(KeyPurpose.NAMING, DocumentType.NAMING_POLICY);
    types.put(KeyPurpose.AUDIT, DocumentType.AUDIT_CHECKPOINT);
    return types;
  }

  private record Row(
      Bytes spki, boolean prepared, Instant createdAt, @Nullable Instant activatedAt) {
    DocumentKeyStatus status(DocumentType type, boolean first) {
      return new DocumentKeyStatus(type, spki, state(first), createdAt, activatedAt);
    }

    private DocumentKeyState state(boolean first) {
      if (prepared) {
        return DocumentKeyState.PREPARED;
      }
      return first ? DocumentKeyState.SIGNING : DocumentKeyState.FORMER;
    }
  }
}
