package dev.alts.handshake;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.Suite;
import dev.alts.resumption.TicketKeyRing;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.ResumptionMode;
import dev.alts.wire.handshake.v1.ResumptionOffer;

/** Asks a server what it would make of a ticket, without the rest of a handshake. */
final class TicketProbe {
  private final TestWorld world;
  private final CredentialSnapshot server;
  private final TicketKeyRing ring;

  TicketProbe(TestWorld world, CredentialSnapshot server) {
    this.world = world;
    this.server = server;
    this.ring = TicketKeyRing.of(world.environment.crypto(), server);
  }

  boolean opens(Bytes ticket) {
    return ring.open(ticket, world.clock.instant()).isPresent();
  }

  TicketDecision judge(Bytes ticket) {
    ClientInit init =
        ClientInit.newBuilder()
            .setResumption(
                ResumptionOffer.newBuilder()
                    .setTicket(ByteString.copyFrom(ticket.asByteBuffer()))
                    .addModes(ResumptionMode.FORWARD_SECRET))
            .build();
    return new TicketJudge(world.environment, server, ring)
        .judge(init, Suite.X25519MLKEM768_SHA256, world.clock.instant());
  }
}
