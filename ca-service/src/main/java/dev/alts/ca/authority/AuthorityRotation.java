package dev.alts.ca.authority;

import dev.alts.ca.audit.AuditEvent;
import dev.alts.ca.audit.AuditLog;
import dev.alts.ca.configuration.CaSettings;
import dev.alts.identity.EntityKind;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Moves issuing authorities on: prepare, activate, taint, revoke. A step is one transaction with
 * its audit events, for as many authorities as it names, and the trust document that says so is
 * signed right after. It asks nobody whether the step is wise: that is {@code rotation}'s matter.
 * Thread-safe; replicas take turns.
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

  /** {@return every authority that there ever was, oldest first} */
  public List<AuthorityStatus> list() {
    return rows.statuses();
  }

  /**
   * Makes the next authority of these kinds and publishes it, so that everybody trusts it before it
   * signs.
   */
  public void prepare(Set<EntityKind> kinds, String changedBy) {
    step(all -> {
      for (EntityKind kind : EntityKind.values()) {
        if (!kinds.contains(kind)) {
          continue;
        }
        if (all.stream().anyMatch(row -> isIn(row, kind, AuthoritySlot.NEXT))) {
          throw new IllegalStateException(
              "%s: an authority is prepared already (expected: activate it first)".formatted(kind));
        }
        Optional<AuthorityRow> planned =
            all.stream()
                .filter(row -> row.kind() == kind && row.life() == AuthorityLife.PLANNED)
                .findFirst();
        if (planned.isPresent()) {
          move(planned.get(), AuthoritySlot.NEXT, AuthorityLife.PREPARED, changedBy);
        } else {
          var _ =
              foundation.addAuthority(
                  settings, kind, AuthoritySlot.NEXT, AuthorityLife.PREPARED, changedBy);
        }
      }
    });
  }

  /** Lets the prepared authorities sign; those before sign no more, but stay trusted. */
  public void activate(Set<EntityKind> kinds, String changedBy) {
    step(all -> {
      for (EntityKind kind : kinds) {
        AuthorityRow next = inSlot(all, kind, AuthoritySlot.NEXT);
        AuthorityRow current = inSlot(all, kind, AuthoritySlot.CURRENT);
        move(current, null, AuthorityLife.RETIRED, changedBy);
        move(next, AuthoritySlot.CURRENT, AuthorityLife.ACTIVE, changedBy);
      }
    });
  }

  /** Makes every holder of a certificate of these authorities ask for a new one. */
  public void taint(Collection<UUID> authorities, String changedBy) {
    step(all -> {
      for (UUID id : authorities) {
        moveFrom(all, id, Set.of(AuthorityLife.RETIRED), AuthorityLife.TAINTED, changedBy);
      }
    });
  }

  /** Ends all trust in these authorities, which are tainted. */
  public void revoke(Collection<UUID> authorities, String changedBy) {
    step(all -> {
      for (UUID id : authorities) {
        moveFrom(all, id, Set.of(AuthorityLife.TAINTED), AuthorityLife.REVOKED, changedBy);
      }
    });
  }

  /** Takes authorities out of the trust document of which nothing can be valid any more. */
  public void withdraw(Collection<UUID> authorities, String changedBy) {
    step(all -> {
      for (UUID id : authorities) {
        moveFrom(
            all,
            id,
            Set.of(AuthorityLife.RETIRED, AuthorityLife.TAINTED),
            AuthorityLife.REVOKED,
            changedBy);
      }
    });
  }

  /** One step, under the lock that whoever decides about the next trust document takes. */
  private void step(Consumer<List<AuthorityRow>> change) {
    transaction.executeWithoutResult(status -> {
      keeper.lock();
      change.accept(rows.all());
      keeper.publishChange();
    });
    keeper.refresh();
  }

  private void moveFrom(
      List<AuthorityRow> all,
      UUID id,
      Set<AuthorityLife> from,
      AuthorityLife to,
      String changedBy) {
    AuthorityRow row =
        all.stream()
            .filter(candidate -> candidate.id().equals(id))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("authority %s: unknown".formatted(id)));
    if (!from.contains(row.life())) {
      throw new IllegalStateException(
          "authority %s: %s (expected: %s)"
              .formatted(
                  id, row.life(), String.join(" or ", from.stream().map(Enum::name).toList())));
    }
    move(row, null, to, changedBy);
  }

  private static AuthorityRow inSlot(List<AuthorityRow> all, EntityKind kind, AuthoritySlot slot) {
    return all.stream()
        .filter(row -> isIn(row, kind, slot))
        .findFirst()
        .orElseThrow(() ->
            new IllegalStateException(
                "%s: no authority in slot %s (expected: prepare one first)".formatted(kind, slot)));
  }

  private static boolean isIn(AuthorityRow row, EntityKind kind, AuthoritySlot slot) {
    return row.kind() == kind && row.slot() == slot;
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
