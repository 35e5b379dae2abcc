package dev.alts.resumption;

import dev.alts.identity.SecretBytes;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.Suite;
import java.time.Instant;

/**
 * What a server knows of a session from a ticket that it opened, or is about to seal (TicketBody).
 * Does not print its secret; whoever made it closes it.
 */
public final class ResumptionTicket implements AutoCloseable {
  private final SecretBytes resumptionSecret;
  private final PeerFacts peer;
  private final Session session;

  /**
   * What a chain of resumptions carries along.
   *
   * @param authenticatedAt when the server made the root handshake's ServerFinished
   * @param expiresAt never grows along a chain
   * @param weakestSuite of all handshakes since and including the full one
   * @param resumptions 0 from a full handshake, then one more each
   */
  public record Session(
      Instant authenticatedAt, Instant expiresAt, Suite weakestSuite, int resumptions) {
    /** {@return the session after one more resumption over {@code suite}} */
    public Session resumedOver(Suite suite) {
      return new Session(authenticatedAt, expiresAt, weakestSuite.weakest(suite), resumptions + 1);
    }
  }

  /**
   * Takes ownership of the secret, 32 bytes.
   *
   * @param peer the client's facts; {@code masterNotAfter} is not part of a ticket
   */
  public ResumptionTicket(SecretBytes resumptionSecret, PeerFacts peer, Session session) {
    this.resumptionSecret = resumptionSecret;
    this.peer = peer;
    this.session = session;
  }

  /** {@return the secret, which stays owned by this object} */
  public SecretBytes resumptionSecret() {
    return resumptionSecret;
  }

  public PeerFacts peer() {
    return peer;
  }

  public Session session() {
    return session;
  }

  @Override
  public void close() {
    resumptionSecret.close();
  }

  @Override
  public String toString() {
    return "ResumptionTicket[%s, %s, redacted]".formatted(peer.spiffeId(), session);
  }
}
