package dev.alts.identity;

import java.util.Optional;

/** What an identity stands for; the number is that of {@code AltsAttributes} and the wire. */
public enum EntityKind {
  MACHINE(1),
  WORKLOAD(2),
  HUMAN(3);

  private final int number;

  EntityKind(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }

  /** {@return the kind with this number, or empty if there is none} */
  public static Optional<EntityKind> ofNumber(long number) {
    for (EntityKind kind : values()) {
      if (kind.number == number) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /**
   * {@return the only kind that an entity with this ID may have (handshake.md section 2), or empty
   * if no entity may have it: no path, {@code /machine}, {@code /human}, anything below {@code
   * /ca}}
   */
  public static Optional<EntityKind> ofPath(SpiffeId id) {
    String path = id.path();
    if (path.isEmpty() || path.equals("/machine") || path.equals("/human")) {
      return Optional.empty();
    }
    if (id.hasPathPrefix("/ca")) {
      return path.equals("/ca") ? Optional.of(MACHINE) : Optional.empty();
    }
    if (id.hasPathPrefix("/machine")) {
      return Optional.of(MACHINE);
    }
    return Optional.of(id.hasPathPrefix("/human") ? HUMAN : WORKLOAD);
  }
}
