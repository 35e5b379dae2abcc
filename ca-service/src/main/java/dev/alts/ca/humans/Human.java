package dev.alts.ca.humans;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A human whom this CA knows.
 *
 * @param enrolledAt first redemption of a code; null: invited only
 * @param lastLoginAt latest redemption of a code
 * @param disabledAt null: not disabled
 * @param acceptsIssuedFrom certificates issued before this are no longer accepted
 */
public record Human(
    HumanName name,
    boolean admin,
    @Nullable Instant enrolledAt,
    @Nullable Instant lastLoginAt,
    @Nullable Instant disabledAt,
    Instant acceptsIssuedFrom) {

  public boolean isDisabled() {
    return disabledAt != null;
  }

  /** {@return whether a certificate of this human that was issued then is good today} */
  public boolean accepts(Instant certificateIssuedAt) {
    return !isDisabled() && enrolledAt != null && !certificateIssuedAt.isBefore(acceptsIssuedFrom);
  }
}
