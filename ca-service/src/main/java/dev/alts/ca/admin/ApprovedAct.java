package dev.alts.ca.admin;

import dev.alts.ca.admin.web.AuthenticatedHuman;

/** An operation that can wait for a second admin. */
interface ApprovedAct {
  /** {@return its name in what is kept} */
  String operation();

  /**
   * Refuses unless this human may do what {@code request} says now: asked of the one who asked and
   * of the one who approves.
   */
  void authorize(AuthenticatedHuman human, String request);

  /** Does it. {@return the answer} */
  Object perform(AuthenticatedHuman requester, String request);
}
