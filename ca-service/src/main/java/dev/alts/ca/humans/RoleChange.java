package dev.alts.ca.humans;

/** What became of a change of somebody's roles. */
public sealed interface RoleChange {
  record Changed(RoleAssignment assignment) implements RoleChange {}

  /** There is no such human, or not in that state. */
  record NoSuchHuman() implements RoleChange {}

  /** The human does not have that role with those limits. */
  record NotAssigned() implements RoleChange {}

  /** Nobody changes their own. */
  record OwnRoles() implements RoleChange {}

  /** Nobody gives or takes what they do not have themselves. */
  record BeyondOwnRights() implements RoleChange {}

  /** Nobody would be left who may everything. */
  record LastSecurityAdmin() implements RoleChange {}
}
