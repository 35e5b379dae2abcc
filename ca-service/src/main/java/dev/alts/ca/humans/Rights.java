package dev.alts.ca.humans;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What one human may do at this moment: the roles that stand in the table, with their limits. */
public record Rights(List<Held> held) {
  public static final Rights NONE = new Rights(List.of());

  /** A role that somebody has. */
  public record Held(Role role, Limits limits) {
    boolean counts(Permission permission) {
      return role.permissions().contains(permission)
          && (permission.reach() != Permission.Reach.DOMAIN || limits.isNone());
    }

    @Override
    public String toString() {
      return limits.isNone() ? role.text() : "%s (%s)".formatted(role.text(), limits);
    }
  }

  public Rights {
    held = List.copyOf(held);
  }

  /** {@return all permissions that these rights give for something at least} */
  public Set<Permission> permissions() {
    EnumSet<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (Permission permission : Permission.values()) {
      if (!limits(permission).isEmpty()) {
        permissions.add(permission);
      }
    }
    return permissions;
  }

  /**
   * {@return within which limits {@code permission} is given, each for itself; empty: not at all}
   */
  public List<Limits> limits(Permission permission) {
    return held.stream().filter(role -> role.counts(permission)).map(Held::limits).toList();
  }

  public boolean allow(Permission permission, Touched object) {
    return limits(permission).stream().anyMatch(limits -> limits.cover(object));
  }

  public boolean allowEverywhere(Permission permission) {
    return limits(permission).stream().anyMatch(Limits::isNone);
  }

  /** {@return whether {@code other} gives nothing that these rights do not give} */
  public boolean contain(Held other) {
    return other.role().permissions().stream()
        .allMatch(permission ->
            limits(permission).stream().anyMatch(limits -> other.limits().isWithin(limits))
                || !other.counts(permission));
  }

  public boolean contain(Rights other) {
    return other.held.stream().allMatch(this::contain);
  }
}
