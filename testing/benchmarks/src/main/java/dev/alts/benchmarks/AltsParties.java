package dev.alts.benchmarks;

import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.ClientHandshakeParameters;
import dev.alts.handshake.ClientHandshaker;
import dev.alts.handshake.HandshakeEnvironment;
import dev.alts.handshake.HandshakeStep;
import dev.alts.handshake.Handshaker;
import dev.alts.handshake.Negotiation;
import dev.alts.handshake.ServerExpectation;
import dev.alts.handshake.ServerHandshakeParameters;
import dev.alts.handshake.ServerHandshaker;
import dev.alts.handshake.WorkPermit;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.ResumptionKey;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTickets;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.Credential;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Two ALTS parties of one trust domain with everything real, and handshakes between them in one
 * thread.
 */
final class AltsParties {
  private final TestTrustDomain domain;
  private final VerificationContext context;
  private final HandshakeEnvironment environment;
  private HandshakeEnvironment serverEnvironment;
  private final Negotiation negotiation;
  private final SecureRandom random = new SecureRandom();
  private final ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
  private final ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
  private long authentications;

  /** {@code verifier} serves both ends. */
  AltsParties(TestTrustDomain domain, Suite suite, PeerVerifier verifier) throws Exception {
    this.domain = domain;
    this.context =
        VerificationContext.ofOwn(
            new TrustedDomain(
                TrustDocument.open(
                    domain.trustDocument(),
                    RootFingerprint.of(Bytes.copyOf(domain.root().getPublic().getEncoded()))),
                null));
    this.environment =
        new HandshakeEnvironment(Crypto.best(), verifier, InstantSource.system(), random);
    this.serverEnvironment = environment;
    this.negotiation =
        new Negotiation(
            List.of(suite),
            List.of("grpc"),
            List.of(),
            Negotiation.GRPC.rpcVersions(),
            128 * 1024,
            false);
  }

  /** {@return a party with a master of its own and a handshake certificate under it} */
  CredentialSnapshot party(String path) throws Exception {
    TestSvid master = domain.master(path);
    byte[] privateKey = new byte[32];
    random.nextBytes(privateKey);
    Credential credential = domain.credential(master, Crypto.best().x25519().publicKey(privateKey));
    Instant now = Instant.now();
    byte[] resumption = new byte[32];
    random.nextBytes(resumption);
    return CredentialSnapshot.builder()
        .self(new PeerVerifier().verify(context, credential, PeerRole.SERVER, now).facts())
        .credential(
            Bytes.copyOf(credential.getHandshakeCertificate().toByteArray()),
            credential.getChainList().stream().map(der -> Bytes.copyOf(der.toByteArray())).toList())
        .x25519PrivateKey(SecretBytes.adopt(privateKey), now.plus(Duration.ofMinutes(50)))
        .verificationContext(context)
        .recordPolicy(new RecordPolicy(List.of("ALTSRP_GCM_AES128_REKEY"), false))
        .allowSymmetricResumption(true)
        .resumptionKeys(
            List.of(
                new ResumptionKey(
                    SecretBytes.adopt(resumption),
                    1,
                    now.minus(Duration.ofMinutes(10)),
                    now.plus(Duration.ofHours(12)),
                    now.plus(Duration.ofHours(24)))))
        .build();
  }

  /** A complete handshake, up to where either side could send its first record. */
  void handshake(CredentialSnapshot client, CredentialSnapshot server, ClientTickets tickets)
      throws AltsProtocolException {
    try (ClientHandshaker from =
            new ClientHandshaker(
                environment,
                new ClientHandshakeParameters(
                    client, negotiation, new ServerExpectation.Named("bench.test"), tickets));
        ServerHandshaker to =
            new ServerHandshaker(
                serverEnvironment,
                new ServerHandshakeParameters(
                    server,
                    negotiation,
                    PeerAuthorizer.anyAuthenticated(),
                    WorkPermit.UNLIMITED))) {
      to.start();
      toServer.clear();
      put(toServer, from.start());
      for (int ends = 0; ends < 2; ) {
        ends += exchange(to, toServer, toClient);
        ends += exchange(from, toClient, toServer);
      }
    }
  }

  /** From now on the server is a new process, which remembers no peer. */
  void restartServer() {
    serverEnvironment =
        new HandshakeEnvironment(Crypto.best(), new PeerVerifier(), InstantSource.system(), random);
  }

  /** {@return how many ends looked at a certificate, all handshakes together} */
  long authentications() {
    return authentications;
  }

  /** Lets one end take all that has arrived; {@return 1 if it is established now} */
  private int exchange(Handshaker receiver, ByteBuffer arrived, ByteBuffer answer)
      throws AltsProtocolException {
    int ended = 0;
    arrived.flip();
    answer.clear();
    while (arrived.hasRemaining()) {
      if (put(answer, receiver.receive(arrived))) {
        ended = 1;
      }
    }
    return ended;
  }

  /** Puts what the step sends on the wire; true if it is the last. */
  private boolean put(ByteBuffer wire, HandshakeStep step) {
    return switch (step) {
      case HandshakeStep.AwaitPeer await -> false;
      case HandshakeStep.Send send -> {
        wire.put(send.flight().asByteBuffer());
        yield false;
      }
      case HandshakeStep.Established established -> {
        wire.put(established.lastFlight().asByteBuffer());
        established.keys().close();
        if (!established.peer().resumed()) {
          authentications++;
        }
        yield true;
      }
    };
  }
}
