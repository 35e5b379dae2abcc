package dev.alts.ca.humans;

import java.util.List;
import java.util.Optional;

/** Roles of humans as rows. What it says holds for all replicas at once. */
public interface RoleRegistry {
  /** {@return what this human may do now: nothing while disabled} */
  Rights rights(HumanName human);

  /**
   * {@return what this human may do when not disabled} For who may act upon them: a disabled one
   * whom somebody enables has it all again.
   */
  Rights assigned(HumanName human);

  /**
   * {@return at most {@code limit} assignments in the order of their making}
   *
   * @param human only those of this one; empty: all
   * @param after only those made behind this one; 0: from the first
   */
  List<RoleAssignment> list(Optional<HumanName> human, long after, int limit);

  /**
   * Has every other change of roles, and disabling, wait until the transaction that the caller is
   * in has ended: whether somebody is left is counted behind this.
   */
  void lock();

  /** {@return the assignment, also if there was one; empty: there is no such human} */
  Optional<RoleAssignment> add(HumanName human, Rights.Held role, String by, String reason);

  Optional<RoleAssignment> find(HumanName human, Rights.Held role);

  void remove(RoleAssignment assignment);

  /** {@return how many can log in and may everything, not counting {@code without}} */
  int unlimitedSecurityAdmins(HumanName without);

  /** Ends codes that {@code by} made. */
  void endCodesMadeBy(String by);

  /** Ends codes for {@code human} that somebody else than {@code by} made. */
  void endCodesOfOthers(HumanName human, String by);
}
