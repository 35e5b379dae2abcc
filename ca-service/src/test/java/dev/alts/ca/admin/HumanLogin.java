package dev.alts.ca.admin;

/** Logs in with a code, for tests of other packages. */
public final class HumanLogin {
  private HumanLogin() {}

  /** {@return the HTTP status of redeeming {@code code} with new keys} */
  public static int status(RunningCa ca, String code) {
    try (HumanClient newcomer = HumanClient.anonymous(ca)) {
      return newcomer
          .post(
              "/v1/enrolments/redeem",
              HumanClient.redemption(code, HumanClient.newKey(), HumanClient.newKey()))
          .statusCode();
    }
  }
}
