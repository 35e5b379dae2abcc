package dev.alts.handshake;

import dev.alts.crypto.Crypto;
import dev.alts.frame.AltsProtocolException;
import dev.alts.identity.Bytes;
import dev.alts.identity.EntityKind;
import dev.alts.identity.RevocationId;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.ForeignDomainPolicy;
import dev.alts.identity.verify.PeerFacts;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.StaleRevocation;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.ResumptionKey;
import dev.alts.resumption.ClientTickets;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.AuthorityState;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.NamingEntry;
import dev.alts.wire.handshake.v1.NamingMode;
import dev.alts.wire.handshake.v1.RevocationEntry;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trust domain, a foreign one, a clock, and parties on demand. Identities are real: everything a
 * handshake verifies is verified.
 */
final class TestWorld {
  static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  static final RecordPolicy EVERY_RECORD_PROTOCOL =
      new RecordPolicy(
          List.of(
              "ALTSRP_GMAC_128", "ALTSRP_VMAC_128", "ALTSRP_VCM_AES128", "ALTSRP_GCM_AES128_REKEY"),
          false);

  final TestTrustDomain domain = TestTrustDomain.of("example.org", START);
  final TestTrustDomain foreign = TestTrustDomain.of("other.example", START);
  final ManualClock clock = new ManualClock(START);
  final PeerVerifier verifier = new PeerVerifier();
  final HandshakeEnvironment environment =
      new HandshakeEnvironment(Crypto.best(), verifier, clock, new SecureRandom());
  private long counter = 1;

  /** What a party is made with; the defaults are good. */
  static final class Party {
    CredentialSnapshot.Builder builder;
    byte[] x25519Private;
    TestSvid master;
    Credential credential;

    CredentialSnapshot snapshot() {
      return builder.build();
    }
  }

  Party party(String path) {
    return party(domain, path, "dc1");
  }

  Party party(TestTrustDomain of, String path, String boundary) {
    return party(of, of.master(path, boundary, "m-1"));
  }

  Party party(TestTrustDomain of, TestSvid master) {
    byte[] privateKey = new byte[32];
    new SecureRandom().nextBytes(privateKey);
    return party(
        master, of.credential(master, Crypto.best().x25519().publicKey(privateKey)), privateKey);
  }

  Party party(TestSvid master, Credential credential, byte[] privateKey) {
    Party party = new Party();
    party.x25519Private = privateKey;
    party.master = master;
    party.credential = credential;
    party.builder =
        CredentialSnapshot.builder()
            .self(factsOf(credential))
            .credential(
                Bytes.copyOf(credential.getHandshakeCertificate().toByteArray()),
                credential.getChainList().stream()
                    .map(der -> Bytes.copyOf(der.toByteArray()))
                    .toList())
            .x25519PrivateKey(SecretBytes.copyOf(privateKey), START.plusSeconds(3000))
            .verificationContext(context())
            .recordPolicy(EVERY_RECORD_PROTOCOL)
            .allowSymmetricResumption(true)
            .resumptionKeys(List.of(resumptionKey(1, START.minusSeconds(600))));
    return party;
  }

  /** {@return what the certificate says, as a verifier that trusts everybody reads it} */
  private PeerFacts factsOf(Credential credential) {
    for (TestTrustDomain of : List.of(domain, foreign)) {
      try {
        return new PeerVerifier()
            .verify(
                VerificationContext.ofOwn(trusted(of)),
                credential,
                PeerRole.SERVER,
                clock.instant())
            .facts();
      } catch (PeerRejectedException e) {
        // Perhaps of the other domain.
        continue;
      }
    }
    return new PeerFacts(
        SpiffeId.parse("spiffe://example.org/broken"),
        EntityKind.WORKLOAD,
        "dc1",
        "m-1",
        new RevocationId(0),
        START,
        List.of(),
        START.plusSeconds(3000));
  }

  static ResumptionKey resumptionKey(int generation, Instant createdAt) {
    byte[] key = new byte[32];
    key[0] = (byte) generation;
    return new ResumptionKey(
        SecretBytes.adopt(key),
        generation,
        createdAt,
        createdAt.plus(Duration.ofHours(12)),
        createdAt.plus(Duration.ofHours(24)));
  }

  /** {@return the context of the own domain with these revocations, accepting the foreign one} */
  VerificationContext context(RevocationEntry... revoked) {
    List<TrustedDomain> domains = new ArrayList<>();
    domains.add(trusted(domain, revoked));
    domains.add(trusted(foreign));
    return VerificationContext.of(
        new TrustDomain(domain.name()),
        domains,
        new ForeignDomainPolicy(
            Map.of(
                new TrustDomain(foreign.name()),
                new AuthorityConstraint(Set.of(), List.of(), List.of()))),
        StaleRevocation.KEEP_SERVING);
  }

  /** {@return the context in which every authority of the own domain is tainted} */
  VerificationContext tainted() {
    try {
      TrustDocument document =
          TrustDocument.open(
              domain.trustDocument(wire -> {
                wire.setSequence(2);
                wire.getAuthoritiesBuilderList()
                    .forEach(authority -> authority.setState(AuthorityState.TAINTED));
              }),
              RootFingerprint.of(Bytes.copyOf(spki(domain))));
      return VerificationContext.ofOwn(new TrustedDomain(document, null));
    } catch (InvalidDocumentException e) {
      throw new IllegalStateException("test documents are good", e);
    }
  }

  private TrustedDomain trusted(TestTrustDomain of, RevocationEntry... revoked) {
    try {
      TrustDocument document =
          TrustDocument.open(of.trustDocument(), RootFingerprint.of(Bytes.copyOf(spki(of))));
      return new TrustedDomain(
          document,
          revoked.length == 0
              ? null
              : RevocationList.open(of.revocationList(counter++, revoked), document));
    } catch (InvalidDocumentException e) {
      throw new IllegalStateException("test documents are good", e);
    }
  }

  NamingPolicy naming(NamingMode mode, NamingEntry... entries) {
    try {
      return NamingPolicy.open(
          domain.namingPolicy(mode, entries),
          TrustDocument.open(
              domain.trustDocument(), RootFingerprint.of(Bytes.copyOf(spki(domain)))));
    } catch (InvalidDocumentException e) {
      throw new IllegalStateException("test documents are good", e);
    }
  }

  private static byte[] spki(TestTrustDomain of) {
    return of.root().getPublic().getEncoded();
  }

  ClientHandshaker client(Party party) {
    return client(party.snapshot(), Negotiation.GRPC, ClientTickets.none());
  }

  ClientHandshaker client(
      CredentialSnapshot credential, Negotiation negotiation, ClientTickets tickets) {
    return new ClientHandshaker(
        environment,
        new ClientHandshakeParameters(
            credential, negotiation, new ServerExpectation.Named("db.example"), tickets));
  }

  ServerHandshaker server(Party party) {
    return server(party.snapshot(), Negotiation.GRPC);
  }

  ServerHandshaker server(CredentialSnapshot credential, Negotiation negotiation) {
    return server(credential, negotiation, PeerAuthorizer.anyAuthenticated());
  }

  ServerHandshaker server(
      CredentialSnapshot credential, Negotiation negotiation, PeerAuthorizer authorizer) {
    return new ServerHandshaker(
        environment,
        new ServerHandshakeParameters(credential, negotiation, authorizer, WorkPermit.UNLIMITED));
  }

  static HandshakePair run(Handshaker client, Handshaker server) throws AltsProtocolException {
    return new HandshakePair(client, server, 1 << 20).run();
  }
}
