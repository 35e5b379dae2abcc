package dev.alts.resumption;

/** What a client offers in its ClientInit. */
public sealed interface ResumptionOffer {
  /** Nothing: the handshake is full. */
  record None() implements ResumptionOffer {}

  /** Ticket and credential: a refusal costs nothing, the handshake is full then. */
  record Full(ClientTicket ticket) implements ResumptionOffer {}

  /** The ticket alone: smaller, hides the client; a refusal costs a round trip. */
  record Lean(ClientTicket ticket) implements ResumptionOffer {}

  /** The ticket alone and no key exchange: cheapest, without forward secrecy. */
  record Symmetric(ClientTicket ticket) implements ResumptionOffer {}
}
