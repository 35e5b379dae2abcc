package dev.alts.benchmarks;

import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionCache;
import dev.alts.testing.TestTrustDomain;
import java.util.ArrayList;
import java.util.List;

/** The server's resumption keys come from its agent, which has not restarted. */
final class AltsReconnects implements Reconnects {
  private final AltsParties parties;
  private final CredentialSnapshot server;
  private final List<Peer> peers = new ArrayList<>();
  private int next;

  private record Peer(CredentialSnapshot credential, ClientTickets tickets) {}

  AltsReconnects(TestTrustDomain domain) throws Exception {
    parties = new AltsParties(domain, Suite.X25519MLKEM768_SHA256, new PeerVerifier());
    server = parties.party("/server");
    for (int i = 0; i < PEERS; i++) {
      CredentialSnapshot credential = parties.party("/client/" + i);
      peers.add(
          new Peer(
              credential,
              new ResumptionCache(1, false)
                  .forServer(new ResumptionCache.Key(credential.id(), "bench.test", "", ""))));
    }
  }

  @Override
  public void next() throws Exception {
    if (next == PEERS) {
      next = 0;
      parties.restartServer();
    }
    Peer peer = peers.get(next++);
    parties.handshake(peer.credential(), server, peer.tickets());
  }

  @Override
  public long authentications() {
    return parties.authentications();
  }
}
