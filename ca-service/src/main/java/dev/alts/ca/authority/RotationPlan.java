package dev.alts.ca.authority;

import dev.alts.identity.EntityKind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What a rotation of the whole fleet makes of the authorities, step by step. The steps are those of
 * {@link AuthorityRotation}; a document that is signed ahead is only used if it says exactly what
 * they do.
 */
final class RotationPlan {
  private RotationPlan() {}

  /** {@return the present state and each later one, without those that change nothing} */
  static List<List<AuthorityRow>> statesFrom(List<AuthorityRow> present) {
    List<List<AuthorityRow>> states = new ArrayList<>(List.of(present));
    for (UnaryOperator<AuthorityRow> step :
        List.<UnaryOperator<AuthorityRow>>of(
            RotationPlan::prepared,
            RotationPlan::activated,
            RotationPlan::tainted,
            RotationPlan::revoked)) {
      List<AuthorityRow> next = states.getLast().stream().map(step).toList();
      if (!next.equals(states.getLast())) {
        states.add(next);
      }
    }
    return states;
  }

  /** {@return the kinds for which nothing is planned or prepared} */
  static List<EntityKind> withoutSuccessor(List<AuthorityRow> rows) {
    List<EntityKind> kinds = new ArrayList<>(List.of(EntityKind.values()));
    rows.stream()
        .filter(row -> row.life() == AuthorityLife.PLANNED || row.life() == AuthorityLife.PREPARED)
        .forEach(row -> kinds.remove(row.kind()));
    return kinds;
  }

  private static AuthorityRow prepared(AuthorityRow row) {
    return row.life() == AuthorityLife.PLANNED
        ? row.moved(AuthoritySlot.NEXT, AuthorityLife.PREPARED)
        : row;
  }

  private static AuthorityRow activated(AuthorityRow row) {
    return switch (row.life()) {
      case PREPARED -> row.moved(AuthoritySlot.CURRENT, AuthorityLife.ACTIVE);
      case ACTIVE -> row.moved(null, AuthorityLife.RETIRED);
      case PLANNED, RETIRED, TAINTED, REVOKED -> row;
    };
  }

  private static AuthorityRow tainted(AuthorityRow row) {
    return row.life() == AuthorityLife.RETIRED ? row.moved(null, AuthorityLife.TAINTED) : row;
  }

  private static AuthorityRow revoked(AuthorityRow row) {
    return row.life() == AuthorityLife.TAINTED ? row.moved(null, AuthorityLife.REVOKED) : row;
  }
}
