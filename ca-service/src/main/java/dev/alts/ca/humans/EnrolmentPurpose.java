package dev.alts.ca.humans;

/** What redeeming a code makes of its human. A code never takes a role away. */
public enum EnrolmentPurpose {
  MEMBER(false),
  ADMIN(true),
  /** Minted on the operator socket while there has never been an admin; worth nothing after. */
  FIRST_ADMIN(true),
  /** Minted on the operator socket although there is an admin, with a reason. */
  BREAK_GLASS(true);

  private final boolean admin;

  EnrolmentPurpose(boolean admin) {
    this.admin = admin;
  }

  public boolean makesAdmin() {
    return admin;
  }
}
