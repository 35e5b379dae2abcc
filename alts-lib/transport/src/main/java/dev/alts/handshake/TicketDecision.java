package dev.alts.handshake;

/** What a server makes of a client's offer of resumption. */
sealed interface TicketDecision {
  /** Resume with it. The holder closes the ticket. */
  record Accepted(Authentication.ByTicket by) implements TicketDecision {}

  /** Go on without: in full if there is a credential. The reason is for the log. */
  record Unacceptable(String reason) implements TicketDecision {}
}
