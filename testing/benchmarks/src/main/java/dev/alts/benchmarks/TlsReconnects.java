package dev.alts.benchmarks;

import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Over tcnative, which resumes after a restart only if the ticket key was kept outside. */
final class TlsReconnects implements Reconnects {
  private static final String GROUP = "X25519MLKEM768";

  private final StockTrust trust;
  private final TestSvid server;
  private final TlsConnection.Wire wire = new TlsConnection.Wire();
  private final List<SslContext> clients = new ArrayList<>();
  private final @Nullable OpenSslSessionTicketKey kept;
  private SslContext serverContext;
  private int next;

  TlsReconnects(TestTrustDomain domain, boolean keepsTicketKey) throws Exception {
    trust = StockTrust.of(List.of(domain.authority(EntityKind.WORKLOAD)));
    server = domain.tls("/server");
    kept = keepsTicketKey ? TlsEngine.newTicketKey() : null;
    serverContext = newServer();
    for (int i = 0; i < PEERS; i++) {
      clients.add(TlsEngine.nettyClient(domain.tls("/client/" + i), trust, GROUP, true));
    }
  }

  @Override
  public void next() throws Exception {
    if (next == PEERS) {
      next = 0;
      serverContext = newServer();
    }
    SslContext client = clients.get(next++);
    try (TlsConnection connection =
        new TlsConnection(TlsEngine.contexts(client, serverContext, true), wire)) {
      connection.handshake();
    }
  }

  @Override
  public long authentications() {
    return trust.calls();
  }

  private SslContext newServer() throws Exception {
    return TlsEngine.nettyServer(
        server, trust, GROUP, kept == null ? TlsEngine.newTicketKey() : kept);
  }
}
