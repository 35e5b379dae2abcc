package dev.alts.ca.revocation;

/**
 * A decision to take something back.
 *
 * @param ban whether nothing new is issued either; possible for a subject or a machine
 * @param code why, for lists of RFC 5280
 * @param author who decided
 * @param reason why, in words; machines see it
 */
public record RevocationRequest(
    RevocationTarget target, boolean ban, ReasonCode code, String author, String reason) {
  public RevocationRequest {
    boolean mayBan =
        switch (target) {
          case RevocationTarget.Subject _, RevocationTarget.Machine _ -> true;
          case RevocationTarget.Certificate _,
              RevocationTarget.Authority _,
              RevocationTarget.Resumption _ ->
              false;
        };
    if (ban && !mayBan) {
      throw new IllegalArgumentException(
          "ban: %s (expected: a subject or a machine)".formatted(target.describe()));
    }
  }
}
