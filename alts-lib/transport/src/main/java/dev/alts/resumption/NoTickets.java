package dev.alts.resumption;

import java.time.Instant;

/** Resumption switched off. */
enum NoTickets implements ClientTickets {
  INSTANCE;

  @Override
  public ResumptionOffer take(Instant now) {
    return new ResumptionOffer.None();
  }

  @Override
  public void offered(boolean accepted) {
    // Nothing was offered.
  }

  @Override
  public void store(ClientTicket ticket) {
    ticket.close();
  }
}
