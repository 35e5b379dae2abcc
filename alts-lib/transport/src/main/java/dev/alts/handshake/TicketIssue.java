package dev.alts.handshake;

import com.google.protobuf.UnsafeByteOperations;
import dev.alts.identity.EntityKind;
import dev.alts.identity.SecretBytes;
import dev.alts.peer.ResumptionKey;
import dev.alts.resumption.ResumptionTicket;
import dev.alts.resumption.TicketKeyRing;
import dev.alts.wire.handshake.v1.NewTicket;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the ticket of a handshake, embedded in it (handshake.md section 6). */
final class TicketIssue {
  /** Longest a session may be resumed after its full handshake. */
  private static final Duration MAX_SESSION = Duration.ofHours(10);

  private final HandshakeEnvironment environment;
  private final ServerHandshakeParameters parameters;
  private final TicketKeyRing ring;
  private final ServerTurn turn;

  TicketIssue(
      HandshakeEnvironment environment,
      ServerHandshakeParameters parameters,
      TicketKeyRing ring,
      ServerTurn turn) {
    this.environment = environment;
    this.parameters = parameters;
    this.ring = ring;
    this.turn = turn;
  }

  /** {@return the new ticket; empty for humans, without a sealing key, and at the session's end} */
  Optional<NewTicket> issue(Supplier<SecretBytes> resumptionSecret) {
    boolean human =
        turn.client().facts().kind() == EntityKind.HUMAN
            || parameters.credential().self().kind() == EntityKind.HUMAN;
    return human
        ? Optional.empty()
        : ring.sealingKey(turn.now()).flatMap(key -> issue(key, resumptionSecret));
  }

  private Optional<NewTicket> issue(ResumptionKey key, Supplier<SecretBytes> resumptionSecret) {
    try (ResumptionTicket ticket =
        new ResumptionTicket(resumptionSecret.get(), turn.client().facts(), session(key))) {
      return ring.seal(key, ticket, turn.now(), environment.random())
          .map(sealed ->
              NewTicket.newBuilder()
                  .setTicket(UnsafeByteOperations.unsafeWrap(sealed.ticket().asByteBuffer()))
                  .setLifetimeSeconds((int) sealed.lifetime().toSeconds())
                  .build());
    }
  }

  /** {@return a new session, or the one resumed with nothing but suite and count changed} */
  private ResumptionTicket.Session session(ResumptionKey key) {
    return switch (turn.client()) {
      case Authentication.ByCertificate by ->
          new ResumptionTicket.Session(
              turn.now(),
              earliest(by.facts().masterNotAfter(), turn.now().plus(MAX_SESSION), key.opensUntil()),
              turn.choice().suite(),
              0);
      case Authentication.ByTicket by -> by.ticket().session().resumedOver(turn.choice().suite());
    };
  }

  private static Instant earliest(Instant first, Instant second, Instant third) {
    Instant earlier = first.isBefore(second) ? first : second;
    return earlier.isBefore(third) ? earlier : third;
  }
}
