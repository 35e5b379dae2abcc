package dev.alts.soak;

import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionCache;
import dev.alts.resumption.ResumptionOffer;
import java.time.Instant;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A ticket is taken once, by one thread, and whoever has it has a secret that is not wiped. */
@Tag("soak")
@Param(name = "server", gen = IntGen.class, conf = "1:2")
@Param(name = "ticket", gen = IntGen.class, conf = "1:3")
public class ResumptionCacheRaceTest {
  private static final SpiffeId SERVER = SpiffeId.parse("spiffe://example.org/db");
  private static final PeerFacts FACTS =
      new PeerFacts(
          SERVER,
          EntityKind.WORKLOAD,
          "",
          "",
          new RevocationId(1),
          Instant.EPOCH,
          List.of(),
          Instant.MAX);

  // room for one server, so that the second one drives the first one out
  private final ResumptionCache cache = new ResumptionCache(1, false);

  @Operation
  public void store(@Param(name = "server") int server, @Param(name = "ticket") int ticket) {
    tickets(server)
        .store(
            new ClientTicket(
                Bytes.copyOf(new byte[] {(byte) ticket}),
                SecretBytes.adopt(new byte[] {(byte) ticket}),
                FACTS,
                Instant.EPOCH,
                Instant.MAX,
                Suite.X25519_SHA256));
  }

  @Operation
  public int take(@Param(name = "server") int server) {
    return switch (tickets(server).take(Instant.EPOCH)) {
      case ResumptionOffer.None none -> 0;
      case ResumptionOffer.Full full -> secretOf(full.ticket());
      case ResumptionOffer.Lean lean -> 10 + secretOf(lean.ticket());
      case ResumptionOffer.Symmetric symmetric -> throw new AssertionError("switched off");
    };
  }

  @Operation
  public void accepted(@Param(name = "server") int server) {
    tickets(server).offered(true);
  }

  @Operation
  public int size() {
    return cache.size();
  }

  @Test
  void everyTicketIsTakenOnce() {
    Races.explore(ResumptionCacheRaceTest.class);
  }

  private ClientTickets tickets(int server) {
    return cache.forServer(new ResumptionCache.Key(SERVER, "target-" + server, "any", ""));
  }

  private static int secretOf(ClientTicket ticket) {
    int secret = ticket.resumptionSecret().exposeCopy()[0];
    ticket.close();
    return secret;
  }
}
