package dev.alts.ca.humans;

import static dev.alts.ca.humans.Permission.ANYONE;
import static dev.alts.ca.humans.Permission.APPROVAL_DECIDE;
import static dev.alts.ca.humans.Permission.APPROVAL_READ;
import static dev.alts.ca.humans.Permission.AUDIT_READ;
import static dev.alts.ca.humans.Permission.AUTHORITY_READ;
import static dev.alts.ca.humans.Permission.FLEET_OPERATE;
import static dev.alts.ca.humans.Permission.FLEET_READ;
import static dev.alts.ca.humans.Permission.HUMAN;
import static dev.alts.ca.humans.Permission.HUMAN_READ;
import static dev.alts.ca.humans.Permission.POLICY_READ;
import static dev.alts.ca.humans.Permission.REVOCATION_CHANGE;
import static dev.alts.ca.humans.Permission.REVOCATION_READ;
import static dev.alts.ca.humans.Permission.RULES_PREVIEW;
import static dev.alts.ca.humans.Permission.RULES_READ;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What a human may do beyond being one. */
public enum Role {
  /** Sees what there is. */
  VIEWER(EnumSet.of(FLEET_READ, RULES_READ, POLICY_READ, REVOCATION_READ, AUTHORITY_READ)),
  /** Runs the fleet: lets machines join, renews, takes back. */
  OPERATOR(
      EnumSet.of(
          FLEET_READ,
          RULES_READ,
          POLICY_READ,
          REVOCATION_READ,
          AUTHORITY_READ,
          HUMAN_READ,
          RULES_PREVIEW,
          FLEET_OPERATE,
          REVOCATION_CHANGE,
          APPROVAL_READ,
          APPROVAL_DECIDE)),
  /** Everything: rules, policies, keys, and who may do what. */
  SECURITY_ADMIN(EnumSet.complementOf(EnumSet.of(ANYONE, HUMAN))),
  /** Sees everything, the audit log too, and changes nothing. */
  AUDITOR(
      EnumSet.of(
          FLEET_READ,
          RULES_READ,
          POLICY_READ,
          REVOCATION_READ,
          AUTHORITY_READ,
          HUMAN_READ,
          RULES_PREVIEW,
          APPROVAL_READ,
          AUDIT_READ));

  @SuppressWarnings("ImmutableEnumChecker") // unmodifiable, and nobody else has what is in it
  private final Set<Permission> permissions;

  Role(EnumSet<Permission> permissions) {
    this.permissions = Collections.unmodifiableSet(permissions);
  }

  public Set<Permission> permissions() {
    return permissions;
  }

  /** {@return its name for callers} */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@return the role of exactly this name} */
  public static Optional<Role> parse(String text) {
    return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
  }
}
