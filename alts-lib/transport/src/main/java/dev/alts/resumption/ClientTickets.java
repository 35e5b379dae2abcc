package dev.alts.resumption;

import java.time.Instant;

/** Where a client's tickets for one server come from and go to. Thread-safe. */
public interface ClientTickets {
  /** {@return what to offer; a ticket in it has left the cache and is owned by the caller} */
  ResumptionOffer take(Instant now);

  /** Tells whether the server accepted the last offer: clients go lean while it does. */
  void offered(boolean accepted);

  /** Takes ownership of a new ticket. */
  void store(ClientTicket ticket);

  /** {@return no resumption: nothing to offer, new tickets are wiped} */
  static ClientTickets none() {
    return NoTickets.INSTANCE;
  }
}
