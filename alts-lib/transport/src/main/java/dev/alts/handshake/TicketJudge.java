package dev.alts.handshake;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.Suite;
import dev.alts.resumption.ResumptionTicket;
import dev.alts.resumption.TicketKeyRing;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.HandshakeCertificateBody;
import dev.alts.wire.handshake.v1.ResumptionMode;
import dev.alts.wire.handshake.v1.SignedHandshakeCertificate;
import java.time.Instant;
import java.util.Optional;

/**
 * Decides whether a ticket may stand for the client's certificate today (handshake.md section 6). A
 * ticket proves what was true when it was made; everything that can have changed is looked at
 * again.
 */
final class TicketJudge {
  private final HandshakeEnvironment environment;
  private final CredentialSnapshot credential;
  private final TicketKeyRing ring;

  TicketJudge(HandshakeEnvironment environment, CredentialSnapshot credential, TicketKeyRing ring) {
    this.environment = environment;
    this.credential = credential;
    this.ring = ring;
  }

  /** {@return the verdict on the offer in {@code init}} */
  TicketDecision judge(ClientInit init, Suite chosen, Instant now) {
    boolean symmetric = ClientInitRules.isSymmetricOnly(init);
    if (symmetric && !credential.allowSymmetricResumption()) {
      return new TicketDecision.Unacceptable("symmetric mode is off");
    }
    if (!symmetric
        && !init.getResumption().getModesList().contains(ResumptionMode.FORWARD_SECRET)) {
      return new TicketDecision.Unacceptable("no mode that is accepted here");
    }
    Bytes sealed = Bytes.copyOf(init.getResumption().getTicket().asReadOnlyByteBuffer());
    Optional<TicketKeyRing.Opened> opened = ring.open(sealed, now);
    if (opened.isEmpty()) {
      return new TicketDecision.Unacceptable("ticket does not open or has expired");
    }
    ResumptionTicket ticket = opened.get().ticket();
    Optional<String> refusal = whyNot(ticket, init, symmetric, chosen, now);
    if (refusal.isPresent()) {
      ticket.close();
      return new TicketDecision.Unacceptable(refusal.get());
    }
    return new TicketDecision.Accepted(
        new Authentication.ByTicket(ticket, opened.get().keyCreatedAt(), symmetric));
  }

  private Optional<String> whyNot(
      ResumptionTicket ticket, ClientInit init, boolean symmetric, Suite chosen, Instant now) {
    ResumptionTicket.Session session = ticket.session();
    PeerFacts peer = ticket.peer();
    if (peer.kind() == EntityKind.HUMAN) {
      return Optional.of("ticket of a human");
    }
    if (symmetric && session.weakestSuite() != chosen) {
      return Optional.of("symmetric mode over a weaker suite than today's");
    }
    // Certificate of X with ticket of Y must never yield either of them.
    if (init.hasCredential() && !namesSamePeer(init, peer)) {
      return Optional.of("credential of somebody else");
    }
    boolean voided =
        credential
            .verificationContext()
            .resumptionVoidBefore(credential.id())
            .map(t -> session.authenticatedAt().isBefore(t))
            .orElse(false);
    if (voided) {
      return Optional.of("sessions of that time are revoked");
    }
    try {
      environment
          .verifier()
          .recheckForResumption(
              credential.verificationContext(), recheckable(peer, session), PeerRole.CLIENT, now);
      return Optional.empty();
    } catch (PeerRejectedException e) {
      return Optional.of("peer no longer accepted: " + e.getMessage());
    }
  }

  /** {@return the ticket's facts with its expiry, which is no later, for the end of the master} */
  static PeerFacts recheckable(PeerFacts peer, ResumptionTicket.Session session) {
    return new PeerFacts(
        peer.spiffeId(),
        peer.kind(),
        peer.boundary(),
        peer.machine(),
        peer.revocationId(),
        peer.issuedAt(),
        peer.authoritySpkiSha256(),
        session.expiresAt());
  }

  private static boolean namesSamePeer(ClientInit init, PeerFacts peer) {
    try {
      SignedHandshakeCertificate signed =
          SignedHandshakeCertificate.parseFrom(init.getCredential().getHandshakeCertificate());
      return HandshakeCertificateBody.parseFrom(signed.getBody())
          .getSpiffeId()
          .equals(peer.spiffeId().toString());
    } catch (InvalidProtocolBufferException e) {
      // Not parseable counts as different; the full handshake will say what is wrong with it.
      return false;
    }
  }
}
