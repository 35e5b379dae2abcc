package dev.alts.benchmarks;

import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionCache;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/** Who is measured: ALTS, and the TLS engines that a user would pick instead. */
public enum Contender {
  ALTS {
    @Override
    Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
        throws Exception {
      AltsParties parties = new AltsParties(domain, suite(group), new PeerVerifier());
      CredentialSnapshot client = parties.party("/client");
      CredentialSnapshot server = parties.party("/server");
      ClientTickets tickets =
          switch (resumption) {
            case NONE -> ClientTickets.none();
            case FORWARD_SECRET -> tickets(client, false);
            case SYMMETRIC -> tickets(client, true);
          };
      return counted(() -> parties.handshake(client, server, tickets), parties::authentications);
    }

    @Override
    Handshakes prepareUnseen(TestTrustDomain domain, Group group) throws Exception {
      // The verifier remembers one chain, and two are in every handshake: it never finds one. The
      // JDK's parser remembers as much as it does for the TLS engines.
      AltsParties parties =
          new AltsParties(domain, suite(group), new PeerVerifier(EcdsaP256.best(), 1));
      List<CredentialSnapshot> pool = new ArrayList<>();
      for (int i = 0; i < 2 * UNSEEN_PAIRS; i++) {
        pool.add(parties.party("/peer/" + i));
      }
      AtomicInteger next = new AtomicInteger();
      return counted(
          () -> {
            int i = 2 * (next.getAndIncrement() % UNSEEN_PAIRS);
            parties.handshake(pool.get(i), pool.get(i + 1), ClientTickets.none());
          },
          parties::authentications);
    }

    private static Suite suite(Group group) {
      return group == Group.HYBRID ? Suite.X25519MLKEM768_SHA256 : Suite.X25519_SHA256;
    }

    private static ClientTickets tickets(CredentialSnapshot client, boolean symmetric) {
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

    @Override
    Handshakes prepareUnseen(TestTrustDomain domain, Group group) throws Exception {
      return unseenTls(TlsEngine.TCNATIVE, domain, group);
    }
  },
  CONSCRYPT {
    @Override
    Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
        throws Exception {
      return tls(TlsEngine.CONSCRYPT, domain, group, resumption);
    }

    @Override
    Handshakes prepareUnseen(TestTrustDomain domain, Group group) throws Exception {
      return unseenTls(TlsEngine.CONSCRYPT, domain, group);
    }
  },
  JSSE {
    @Override
    Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
        throws Exception {
      return tls(TlsEngine.JSSE, domain, group, resumption);
    }

    @Override
    Handshakes prepareUnseen(TestTrustDomain domain, Group group) throws Exception {
      return unseenTls(TlsEngine.JSSE, domain, group);
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

  /**
   * More certificates than the JDK's CertificateFactory remembers (750): each is parsed, and so
   * verified, as if it had never been seen.
   */
  private static final int UNSEEN_PAIRS = 400;

  abstract Handshakes prepare(TestTrustDomain domain, Group group, Resumption resumption)
      throws Exception;

  /** Every handshake is between two parties whose certificates no cache has. */
  abstract Handshakes prepareUnseen(TestTrustDomain domain, Group group) throws Exception;

  private static Handshakes tls(
      TlsEngine engine, TestTrustDomain domain, Group group, Resumption resumption)
      throws Exception {
    StockTrust trust = StockTrust.of(List.of(domain.authority(EntityKind.WORKLOAD)));
    TlsEngine.Contexts contexts =
        engine.contexts(
            domain.tls("/client"),
            domain.tls("/server"),
            trust,
            group.tlsName,
            resumption != Resumption.NONE);
    TlsConnection.Wire wire = new TlsConnection.Wire();
    return counted(
        () -> {
          try (TlsConnection connection = new TlsConnection(contexts, wire)) {
            connection.handshake();
          }
        },
        trust::calls);
  }

  private static Handshakes unseenTls(TlsEngine engine, TestTrustDomain domain, Group group)
      throws Exception {
    StockTrust trust = StockTrust.of(List.of(domain.authority(EntityKind.WORKLOAD)));
    List<TlsEngine.Contexts> pool = new ArrayList<>();
    for (int i = 0; i < UNSEEN_PAIRS; i++) {
      pool.add(
          engine.contexts(
              domain.tls("/client/" + i), domain.tls("/server/" + i), trust, group.tlsName, false));
    }
    TlsConnection.Wire wire = new TlsConnection.Wire();
    AtomicInteger next = new AtomicInteger();
    return counted(
        () -> {
          try (TlsConnection connection =
              new TlsConnection(pool.get(next.getAndIncrement() % UNSEEN_PAIRS), wire)) {
            connection.handshake();
          }
        },
        trust::calls);
  }

  private static Handshakes counted(WarmUp.Operation handshake, LongSupplier authentications) {
    return new Handshakes() {
      @Override
      public void run() throws Exception {
        handshake.run();
      }

      @Override
      public long authentications() {
        return authentications.getAsLong();
      }
    };
  }

  static TestTrustDomain newDomain() {
    return TestTrustDomain.of("bench.test", Instant.now());
  }
}
