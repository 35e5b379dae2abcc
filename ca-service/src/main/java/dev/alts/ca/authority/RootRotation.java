package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.identity.Bytes;
import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.document.RootFingerprint;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Replaces the root: the present one names its successor, and later the successor signs. Whoever
 * missed that follows the last document of the old root, so its private key is needed no more and
 * is erased. Thread-safe; replicas take turns.
 */
public final class RootRotation {
  private final TransactionTemplate transaction;
  private final SigningKeys keys;
  private final RootRows rows;
  private final AuditLog audit;
  private final TrustDomainKeeper keeper;

  RootRotation(
      TransactionTemplate transaction,
      SigningKeys keys,
      RootRows rows,
      AuditLog audit,
      TrustDomainKeeper keeper) {
    this.transaction = transaction;
    this.keys = keys;
    this.rows = rows;
    this.audit = audit;
    this.keeper = keeper;
  }

  /** {@return every root that there ever was, oldest first} */
  public List<RootStatus> list() {
    return rows.all();
  }

  /** Makes the successor and has the present root name it. */
  public void prepare(String changedBy) {
    prepare(
        () -> {
          SigningKey key = keys.create(KeyPurpose.ROOT);
          rows.insert(key.spki(), key.id(), RootState.SUCCESSOR);
          return key.spki();
        },
        changedBy);
  }

  /**
   * Has the present root name a successor whose private key never comes here.
   *
   * @param spki SubjectPublicKeyInfo, P-256
   * @throws IllegalArgumentException if it is no such key
   */
  public void prepareOffline(Bytes spki, String changedBy) {
    var _ = EcdsaP256.best().decodePublicKey(spki);
    prepare(
        () -> {
          if (rows.all().stream().anyMatch(root -> root.spki().equals(spki))) {
            throw new IllegalStateException("root: this key was one already (expected: a new one)");
          }
          rows.insert(spki, null, RootState.SUCCESSOR);
          return spki;
        },
        changedBy);
  }

  private void prepare(Supplier<Bytes> successor, String changedBy) {
    transaction.executeWithoutResult(status -> {
      keeper.lock();
      if (inState(RootState.SUCCESSOR).isPresent()) {
        throw new IllegalStateException(
            "root: a successor is named already (expected: activate it first)");
      }
      record(successor.get(), RootState.SUCCESSOR, changedBy);
      keeper.publishChange();
    });
    keeper.refresh();
  }

  /** Lets the successor sign; the old root is erased. */
  public void activate(String changedBy) {
    transaction.executeWithoutResult(status -> {
      keeper.lock();
      RootStatus successor =
          inState(RootState.SUCCESSOR)
              .orElseThrow(() ->
                  new IllegalStateException("root: no successor (expected: prepare one first)"));
      RootStatus present =
          inState(RootState.ACTIVE)
              .orElseThrow(() -> new AssertionError("there is always one that signs"));
      rows.retire(present);
      rows.activate(successor);
      record(present.spki(), RootState.RETIRED, changedBy);
      record(successor.spki(), RootState.ACTIVE, changedBy);
      keeper.publishChange();
    });
    keeper.refresh();
  }

  private Optional<RootStatus> inState(RootState state) {
    return rows.all().stream().filter(root -> root.state() == state).findFirst();
  }

  private void record(Bytes spki, RootState state, String changedBy) {
    audit.append(
        new AuditEvent.RootChanged(RootFingerprint.of(spki).toString(), state.name(), changedBy));
  }
}
