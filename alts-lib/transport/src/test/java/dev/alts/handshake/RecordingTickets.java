package dev.alts.handshake;

import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionOffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Gives one offer and keeps what it is told. */
final class RecordingTickets implements ClientTickets {
  private ResumptionOffer next;
  private final List<ClientTicket> stored = new ArrayList<>();
  private final List<Boolean> outcomes = new ArrayList<>();

  RecordingTickets(ResumptionOffer next) {
    this.next = next;
  }

  @Override
  public ResumptionOffer take(Instant now) {
    ResumptionOffer offer = next;
    next = new ResumptionOffer.None();
    return offer;
  }

  @Override
  public void offered(boolean accepted) {
    outcomes.add(accepted);
  }

  @Override
  public void store(ClientTicket ticket) {
    stored.add(ticket);
  }

  List<ClientTicket> stored() {
    return stored;
  }

  List<Boolean> outcomes() {
    return outcomes;
  }
}
