package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.identity.EntityKind;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Moves issuing authorities on: prepare, activate, taint, revoke. Every step is one transaction
 * with its audit event, and the trust document that says so is signed right after. Thread-safe.
 */
public final class AuthorityRotation {
  private final TransactionTemplate transaction;
  private final CaSettings settings;
  private final Foundation foundation;
  private final AuthorityRows rows;
  private final AuditLog audit;
  private final TrustDomainKeeper keeper;

  AuthorityRotation(
      TransactionTemplate transaction,
      CaSettings settings,
      Foundation foundation,
      AuthorityRows rows,
      AuditLog audit,
      TrustDomainKeeper keeper) {
    this.transaction = transaction;
    this.settings = settings;
    this.foundation = foundation;
    this.rows = rows;
    this.audit = audit;
    this.keeper = keeper;
  }

  /**
   * Makes the next authority of this kind and publishes it, so that everybody trusts it before it
   * signs.
   */
  public void prepare(EntityKind kind, String changedBy) {
    transaction.executeWithoutResult(status -> {
      if (rows.all().stream()
          .anyMatch(row -> row.kind() == kind && row.slot() == AuthoritySlot.NEXT)) {
        throw new IllegalStateException(
            "%s: an authority is prepared already (expected: activate it first)".formatted(kind));
      }
      foundation.addAuthority(
          settings, kind, AuthoritySlot.NEXT, AuthorityLife.PREPARED, changedBy);
    });
    keeper.refresh();
  }

  /** Lets the prepared authority sign; the one before signs no more, but stays trusted. */
  public void activate(EntityKind kind, String changedBy) {
    transaction.executeWithoutResult(status -> {
      AuthorityRow next = inSlot(kind, AuthoritySlot.NEXT);
      AuthorityRow current = inSlot(kind, AuthoritySlot.CURRENT);
      move(current, null, AuthorityLife.RETIRED, changedBy);
      move(next, AuthoritySlot.CURRENT, AuthorityLife.ACTIVE, changedBy);
    });
    keeper.refresh();
  }

  /** Makes every holder of a certificate of this authority ask for a new one. */
  public void taint(UUID authority, String changedBy) {
    step(authority, AuthorityLife.RETIRED, AuthorityLife.TAINTED, changedBy);
  }

  /** Ends all trust in this authority. */
  public void revoke(UUID authority, String changedBy) {
    step(authority, AuthorityLife.TAINTED, AuthorityLife.REVOKED, changedBy);
  }

  private void step(UUID id, AuthorityLife from, AuthorityLife to, String changedBy) {
    transaction.executeWithoutResult(status -> {
      AuthorityRow row =
          rows.all().stream()
              .filter(candidate -> candidate.id().equals(id))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("authority %s: unknown".formatted(id)));
      if (row.life() != from) {
        throw new IllegalStateException(
            "authority %s: %s (expected: %s)".formatted(id, row.life(), from));
      }
      move(row, null, to, changedBy);
    });
    keeper.refresh();
  }

  private AuthorityRow inSlot(EntityKind kind, AuthoritySlot slot) {
    return rows.all().stream()
        .filter(row -> row.kind() == kind && row.slot() == slot)
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "%s: no authority in slot %s (expected: prepare one first)".formatted(kind, slot)));
  }

  private void move(
      AuthorityRow row, @Nullable AuthoritySlot slot, AuthorityLife life, String changedBy) {
    rows.move(row.id(), slot, life);
    audit.append(
        new AuditEvent.AuthorityChanged(
            row.id().toString(),
            row.kind(),
            slot == null ? "" : slot.name(),
            life.name(),
            changedBy));
  }
}
