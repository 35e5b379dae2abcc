package dev.alts.identity.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.identity.Bytes;
import dev.alts.testing.TestDocuments;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.NamingEntry;
import dev.alts.wire.handshake.v1.NamingMode;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedMachine;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.SignedDocument;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Bodies that the right key signed but that are damaged: a good document or a refusal, no more. */
class HostileDocumentsTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
  private static final int TRIES = Integer.getInteger("alts.hostile.tries", 1500);

  private final Random random = new Random(20_261_124);
  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final RootFingerprint pin = new RootFingerprint(Bytes.copyOf(domain.rootSha256()));

  private interface Opening {
    Object open(SignedDocument document) throws InvalidDocumentException;
  }

  @Test
  @Tag("abuse-27")
  void mutatedTrustDocuments() {
    sweep(
        domain.trustDocument().getBody(),
        TestDocuments.TRUST_DOCUMENT,
        domain.root(),
        document -> TrustDocument.open(document, pin));
  }

  @Test
  @Tag("abuse-27")
  void mutatedRevocationLists() throws Exception {
    TrustDocument trust = TrustDocument.open(domain.trustDocument(), pin);
    SignedDocument list =
        domain.revocationList(
            1,
            RevocationEntry.newBuilder()
                .setSubject(RevokedSubject.newBuilder().setSpiffeId(domain.id("/a")))
                .build(),
            RevocationEntry.newBuilder()
                .setMachine(RevokedMachine.newBuilder().setMachine("m-1").setIssuedBefore(9))
                .build());
    sweep(
        list.getBody(),
        TestDocuments.REVOCATION_LIST,
        domain.revocationKey(),
        document -> RevocationList.open(document, trust));
  }

  @Test
  @Tag("abuse-27")
  void mutatedNamingPolicies() throws Exception {
    TrustDocument trust = TrustDocument.open(domain.trustDocument(), pin);
    SignedDocument policy =
        domain.namingPolicy(
            NamingMode.STRICT,
            NamingEntry.newBuilder()
                .setTargetPattern("*.example.org:443")
                .addSpiffeIdPatterns(domain.id("/a/*"))
                .build());
    sweep(
        policy.getBody(),
        TestDocuments.NAMING_POLICY,
        domain.namingKey(),
        document -> NamingPolicy.open(document, trust));
  }

  private void sweep(ByteString good, String text, KeyPair key, Opening opening) {
    for (int i = 0; i < TRIES; i++) {
      byte[] body = good.toByteArray();
      for (int changes = 1 + random.nextInt(2); changes > 0; changes--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(opening.open(TestDocuments.sign(text, body, key))).isNotNull();
      } catch (InvalidDocumentException refused) {
        assertThat(refused.getMessage()).isNotEmpty();
      }
    }
  }
}
