package dev.alts.resumption;

import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.Suite;
import java.time.Instant;

/**
 * What a client keeps of a session with a server: the ticket that only the server can open, and the
 * secret that is in it. Does not print the secret. Whoever takes it from a cache closes it.
 */
public final class ClientTicket implements AutoCloseable {
  private final Bytes ticket;
  private final SecretBytes resumptionSecret;
  private final PeerFacts server;
  private final Instant authenticatedAt;
  private final Instant dropAt;
  private final Suite weakestSuite;

  /**
   * Takes ownership of the secret.
   *
   * @param server complete facts of the replica of the root handshake
   * @param authenticatedAt time of the root handshake, by the client's clock
   * @param dropAt the ticket's end, or that of the server's master, whichever is first
   * @param weakestSuite of all handshakes since and including the full one
   */
  public ClientTicket(
      Bytes ticket,
      SecretBytes resumptionSecret,
      PeerFacts server,
      Instant authenticatedAt,
      Instant dropAt,
      Suite weakestSuite) {
    this.ticket = ticket;
    this.resumptionSecret = resumptionSecret;
    this.server = server;
    this.authenticatedAt = authenticatedAt;
    this.dropAt = dropAt;
    this.weakestSuite = weakestSuite;
  }

  public Bytes ticket() {
    return ticket;
  }

  /** {@return the secret, which stays owned by this object} */
  public SecretBytes resumptionSecret() {
    return resumptionSecret;
  }

  public PeerFacts server() {
    return server;
  }

  public Instant authenticatedAt() {
    return authenticatedAt;
  }

  public Instant dropAt() {
    return dropAt;
  }

  public Suite weakestSuite() {
    return weakestSuite;
  }

  @Override
  public void close() {
    resumptionSecret.close();
  }

  @Override
  public String toString() {
    return "ClientTicket[%s, until %s, redacted]".formatted(server.spiffeId(), dropAt);
  }
}
