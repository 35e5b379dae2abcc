package dev.alts.ca.humans;

import dev.alts.identity.document.BootstrapToken;
import java.time.Instant;

/** What became of an invitation. */
public sealed interface Invitation {
  /** The receiver closes the code after handing it over; it is shown once. */
  record Invited(BootstrapToken code, Instant expiresAt) implements Invitation {}

  /** The human is disabled; enabling is an act of its own. */
  record HumanDisabled() implements Invitation {}

  /** There has been an admin already. */
  record NotTheFirstAdmin() implements Invitation {}
}
