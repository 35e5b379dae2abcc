package dev.alts.benchmarks;

import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionCache;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import java.time.Instant;
import java.util.List;

/** Who is measured: ALTS, and the TLS engines that a user would pick instead. */
public enum Contender {
  ALTS {
    @Override
    Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
        throws Exception {
      AltsParties parties =
          new AltsParties(
              domain, group == Group.HYBRID ? Suite.X25519MLKEM768_SHA256 : Suite.X25519_SHA256);
      CredentialSnapshot client = parties.party("/client");
      CredentialSnapshot server = parties.party("/server");
      ClientTickets tickets =
          switch (resumption) {
            case NONE -> ClientTickets.none();
            case FORWARD_SECRET -> tickets(client, false);
            case SYMMETRIC -> tickets(client, true);
          };
      return () -> parties.handshake(client, server, tickets);
    }

    private ClientTickets tickets(CredentialSnapshot client, boolean symmetric) {
      return new ResumptionCache(10, symmetric)
          .forServer(new ResumptionCache.Key(client.id(), "bench.test", "", ""));
    }
  },
  TCNATIVE {
    @Override
    Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
        throws Exception {
      return tls(TlsEngine.TCNATIVE, domain, group, resumption);
    }
  },
  CONSCRYPT {
    @Override
    Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
        throws Exception {
      return tls(TlsEngine.CONSCRYPT, domain, group, resumption);
    }
  },
  JSSE {
    @Override
    Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
        throws Exception {
      return tls(TlsEngine.JSSE, domain, group, resumption);
    }
  };

  /** Key exchange. */
  public enum Group {
    CLASSICAL("X25519"),
    HYBRID("X25519MLKEM768");

    private final String tlsName;

    Group(String tlsName) {
      this.tlsName = tlsName;
    }
  }

  /** Whether handshakes after the first resume, and how. */
  public enum Resumption {
    NONE,
    FORWARD_SECRET,
    SYMMETRIC
  }

  /** Runs one handshake after the other, both ends in the calling thread. */
  interface Handshakes {
    void run() throws Exception;
  }

  abstract Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
      throws Exception;

  private static Handshakes tls(
      TlsEngine engine, TestTrustDomain domain, Group group, Resumption resumption)
      throws Exception {
    TlsEngine.Contexts contexts =
        engine.contexts(
            domain.tls("/client"),
            domain.tls("/server"),
            StockTrust.of(List.of(domain.authority(EntityKind.WORKLOAD))),
            group.tlsName,
            resumption != Resumption.NONE);
    return () -> {
      try (TlsConnection connection = new TlsConnection(contexts)) {
        connection.handshake();
      }
    };
  }

  static TestTrustDomain newDomain() {
    return TestTrustDomain.of("bench.test", Instant.now());
  }
}
