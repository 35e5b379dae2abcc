package dev.alts.handshake;

import dev.alts.identity.Bytes;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.VerifiedPeer;
import dev.alts.resumption.ResumptionTicket;
import java.time.Instant;

/** What stands for a client's identity in a handshake that the server goes on with. */
sealed interface Authentication extends AutoCloseable {
  PeerFacts facts();

  /** {@return when the client stops being who it says, unless it proves it again} */
  Instant notAfter();

  @Override
  void close();

  /** Its certificate; it proves with its static key that it holds it. */
  record ByCertificate(VerifiedPeer peer) implements Authentication {
    @Override
    public PeerFacts facts() {
      return peer.facts();
    }

    @Override
    public Instant notAfter() {
      return peer.handshakeNotAfter();
    }

    Bytes staticKey() {
      return peer.x25519PublicKey();
    }

    @Override
    public void close() {
      // Public values only.
    }
  }

  /** A ticket; it proves with the resumption secret that it is its own. */
  record ByTicket(ResumptionTicket ticket, Instant keyCreatedAt, boolean symmetric)
      implements Authentication {
    @Override
    public PeerFacts facts() {
      return ticket.peer();
    }

    @Override
    public Instant notAfter() {
      return ticket.session().expiresAt();
    }

    @Override
    public void close() {
      ticket.close();
    }
  }
}
