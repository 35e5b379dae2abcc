package dev.alts.ca.humans;

import java.util.Arrays;
import java.util.Optional;

/**
 * What an operation takes. Each operation has one; the list is {@code AdminOperations}.
 *
 * <p>A limited role counts for some permissions only: what concerns the whole domain is not a
 * matter of somebody who may only see a part of it.
 */
public enum Permission {
  /** Nothing: also for those who are nobody yet. */
  ANYONE("anyone", Reach.ANY),
  /** To be a human of this trust domain; about oneself. */
  HUMAN("human", Reach.ANY),
  FLEET_READ("fleet.read", Reach.OBJECT),
  FLEET_OPERATE("fleet.operate", Reach.OBJECT),
  RULES_READ("rules.read", Reach.ANY),
  RULES_PREVIEW("rules.preview", Reach.DOMAIN),
  RULES_CHANGE("rules.change", Reach.DOMAIN),
  POLICY_READ("policy.read", Reach.ANY),
  POLICY_CHANGE("policy.change", Reach.DOMAIN),
  REVOCATION_READ("revocation.read", Reach.OBJECT),
  REVOCATION_CHANGE("revocation.change", Reach.OBJECT),
  AUTHORITY_READ("authority.read", Reach.ANY),
  AUTHORITY_CHANGE("authority.change", Reach.DOMAIN),
  HUMAN_READ("human.read", Reach.OBJECT),
  HUMAN_CHANGE("human.change", Reach.OBJECT),
  ROLE_CHANGE("role.change", Reach.OBJECT),
  APPROVAL_READ("approval.read", Reach.ANY),
  /** What is approved takes its own permission too, of both. */
  APPROVAL_DECIDE("approval.decide", Reach.ANY),
  AUDIT_READ("audit.read", Reach.DOMAIN);

  /** For whom with a limited role a permission counts. */
  public enum Reach {
    /** It does, whatever the limits: what is read belongs to nobody. */
    ANY,
    /** It does for objects within the limits, as they are stored. */
    OBJECT,
    /** It does not. */
    DOMAIN
  }

  private final String text;
  private final Reach reach;

  Permission(String text, Reach reach) {
    this.text = text;
    this.reach = reach;
  }

  /** {@return its name in the description of the interface} */
  public String text() {
    return text;
  }

  public Reach reach() {
    return reach;
  }

  /** {@return the permission of this name} */
  public static Optional<Permission> parse(String text) {
    return Arrays.stream(values()).filter(permission -> permission.text.equals(text)).findFirst();
  }
}
