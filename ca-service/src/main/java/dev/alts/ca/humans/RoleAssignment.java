package dev.alts.ca.humans;

import java.time.Instant;

/** A role of a human, who gave it and why. */
public record RoleAssignment(
    long id,
    HumanName human,
    Role role,
    Limits limits,
    String grantedBy,
    String reason,
    Instant grantedAt) {
  public Rights.Held held() {
    return new Rights.Held(role, limits);
  }
}
