package dev.alts.grpc.zerocode;

import com.google.protobuf.ByteString;
import dev.alts.crypto.Crypto;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.TrustDomain;
import dev.alts.identity.document.InvalidDocumentException;
import dev.alts.identity.document.NamingPolicy;
import dev.alts.identity.document.RevocationList;
import dev.alts.identity.document.RootFingerprint;
import dev.alts.identity.document.TrustDocument;
import dev.alts.identity.verify.PeerRejectedException;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.TrustedDomain;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.identity.verify.VerifiedPeer;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.ResumptionKey;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.NamingEntry;
import dev.alts.wire.handshake.v1.NamingMode;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Credentials of a test trust domain, as its agents would hand them out. */
final class TestParty {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TestTrustDomain domain;
  private final ResumptionKey resumptionKey;
  private @Nullable SignedDocument revocationList;

  public TestParty(TestTrustDomain domain) {
    this.domain = domain;
    Instant now = domain.now();
    this.resumptionKey =
        new ResumptionKey(
            SecretBytes.adopt(random(32)),
            1,
            now.minusSeconds(600),
            now.plus(Duration.ofHours(6)),
            now.plus(Duration.ofHours(18)));
  }

  public static TestParty ofNewDomain() {
    return new TestParty(TestTrustDomain.of("example.org", Instant.now()));
  }

  public TestTrustDomain domain() {
    return domain;
  }

  /** From now on snapshots carry this list. */
  public void revoke(SignedDocument list) {
    this.revocationList = list;
  }

  /** {@return a new credential for the path} */
  public CredentialSnapshot snapshot(String path) {
    return builder(path).build();
  }

  public CredentialSnapshot.Builder builder(String path) {
    byte[] privateKey = random(32);
    Credential credential =
        domain.credential(domain.master(path), Crypto.best().x25519().publicKey(privateKey));
    VerifiedPeer self = self(credential);
    return CredentialSnapshot.builder()
        .self(self.facts())
        .credential(
            bytes(credential.getHandshakeCertificate()),
            credential.getChainList().stream().map(TestParty::bytes).toList())
        .x25519PrivateKey(SecretBytes.adopt(privateKey), self.handshakeNotAfter())
        .verificationContext(context())
        .resumptionKeys(List.of(resumptionKey));
  }

  public VerificationContext context() {
    try {
      TrustDocument trust =
          TrustDocument.open(
              domain.trustDocument(), new RootFingerprint(Bytes.copyOf(domain.rootSha256())));
      SignedDocument list = revocationList;
      return VerificationContext.ofOwn(
          new TrustedDomain(trust, list == null ? null : RevocationList.open(list, trust)));
    } catch (InvalidDocumentException e) {
      throw new AssertionError("the test domain signs good documents", e);
    }
  }

  public NamingPolicy naming(NamingMode mode, NamingEntry... entries) {
    try {
      return NamingPolicy.open(
          domain.namingPolicy(mode, entries),
          context().domain(trustDomain()).orElseThrow().trustDocument());
    } catch (InvalidDocumentException e) {
      throw new AssertionError("the test domain signs good documents", e);
    }
  }

  public TrustDomain trustDomain() {
    return new TrustDomain(domain.name());
  }

  private VerifiedPeer self(Credential credential) {
    try {
      return new PeerVerifier()
          .verify(
              VerificationContext.ofOwn(
                  new TrustedDomain(
                      context().domain(trustDomain()).orElseThrow().trustDocument(), null)),
              credential,
              PeerRole.CLIENT,
              domain.now());
    } catch (PeerRejectedException e) {
      throw new AssertionError("the test domain issues good certificates", e);
    }
  }

  private static Bytes bytes(ByteString value) {
    return Bytes.copyOf(value.asReadOnlyByteBuffer());
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
