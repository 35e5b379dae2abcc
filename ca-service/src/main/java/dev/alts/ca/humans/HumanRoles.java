package dev.alts.ca.humans;

import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Who may give and take which role. What the asking admin may is read anew, behind the lock that
 * every change takes, so that two admins cannot disarm each other at once (abuse-42: nothing here
 * is decided by what a request says of itself).
 */
@Service
public class HumanRoles {
  private final RoleRegistry roles;

  HumanRoles(RoleRegistry roles) {
    this.roles = roles;
  }

  /** Gives a role. */
  @Transactional
  public RoleChange grant(By by, HumanName human, Rights.Held role) {
    roles.lock();
    if (by.name().equals(human)) {
      return new RoleChange.OwnRoles();
    }
    if (!mayChange(by, human) || !roles.rights(by.name()).contain(role)) {
      return new RoleChange.BeyondOwnRights();
    }
    return roles
        .add(human, role, by.auditName(), by.reason())
        .<RoleChange>map(assignment -> {
          // Whoever holds a code could become who they invited, with the new role.
          roles.endCodesOfOthers(human, by.auditName());
          return new RoleChange.Changed(assignment);
        })
        .orElseGet(RoleChange.NoSuchHuman::new);
  }

  /** Takes a role away. */
  @Transactional
  public RoleChange revoke(By by, HumanName human, Rights.Held role) {
    roles.lock();
    if (by.name().equals(human)) {
      return new RoleChange.OwnRoles();
    }
    if (!mayChange(by, human) || !roles.rights(by.name()).contain(role)) {
      return new RoleChange.BeyondOwnRights();
    }
    RoleAssignment assignment = roles.find(human, role).orElse(null);
    if (assignment == null) {
      return new RoleChange.NotAssigned();
    }
    if (role.role() == Role.SECURITY_ADMIN
        && role.limits().isNone()
        && roles.unlimitedSecurityAdmins(human) == 0) {
      return new RoleChange.LastSecurityAdmin();
    }
    roles.remove(assignment);
    // What they could invite somebody to a moment ago they cannot any more.
    roles.endCodesMadeBy(human.auditName());
    return new RoleChange.Changed(assignment);
  }

  /**
   * {@return whether {@code by} may act upon this human: enrol, disable, enable}
   *
   * <p>Who can enrol somebody can become them. So this takes everything that they may.
   */
  @Transactional(readOnly = true)
  public boolean mayManage(HumanName by, HumanName human, Permission permission) {
    Rights own = roles.rights(by);
    return own.allow(permission, human.touched()) && own.contain(roles.assigned(human));
  }

  /**
   * Acts upon a human behind the lock that every change of roles takes: who gets a role meanwhile,
   * or loses one, has it before this is decided or after it is done.
   *
   * @param beyond what {@code by} must have beyond what {@link #mayManage} takes
   * @return what was done; empty: {@code by} may not
   */
  @Transactional
  public <T> Optional<T> managing(HumanName by, HumanName human, Rights beyond, Supplier<T> act) {
    roles.lock();
    return mayManage(by, human, Permission.HUMAN_CHANGE) && roles.rights(by).contain(beyond)
        ? Optional.of(act.get())
        : Optional.empty();
  }

  private boolean mayChange(By by, HumanName human) {
    return roles.rights(by.name()).allow(Permission.ROLE_CHANGE, human.touched());
  }

  /** The asking admin. */
  public record By(HumanName name, String auditName, String reason) {}
}
