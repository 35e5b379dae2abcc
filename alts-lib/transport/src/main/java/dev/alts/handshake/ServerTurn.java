package dev.alts.handshake;

import dev.alts.frame.Frame;
import dev.alts.record.RecordProtocol;
import dev.alts.wire.handshake.v1.ClientInit;
import java.time.Instant;

/**
 * A ClientInit that the server answers, with everything that it decided about it.
 *
 * @param frame as received, for the transcript
 * @param now the time that counts for the whole answer
 */
record ServerTurn(
    Frame frame,
    ClientInit init,
    ServerChoice choice,
    Authentication client,
    RecordProtocol recordProtocol,
    Instant now) {

  /** {@return whether there is a key exchange: always but in symmetric mode} */
  boolean hasExchange() {
    return !(client instanceof Authentication.ByTicket by && by.symmetric());
  }
}
