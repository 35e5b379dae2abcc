package dev.alts.identity.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.testing.CertificateRequest;
import dev.alts.testing.TestAuthority;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.Credential;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever a stranger sends, the verifier answers with a rejection and nothing else. */
class HostileBytesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
  private static final int TRIES = Integer.getInteger("alts.hostile.tries", 4000);

  private final Random random = new Random(20_261_124);
  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final TestTrustDomain partner = TestTrustDomain.of("partner.example", NOW);
  private final PeerVerifier verifier = new PeerVerifier();

  @Test
  @Tag("abuse-27")
  void mutatedCredentialsAreRejectedAndNothingElseHappens() throws Exception {
    TestAuthority root =
        TestAuthority.selfSigned(
            "root", "partner.example", NOW, CertificateRequest::keyUsageNotCritical);
    VerificationContext context =
        Trust.federated(
            domain,
            Trust.domain(
                partner,
                partner.trustDocument(d -> d.addAuthorities(TestTrustDomain.member(root))),
                null),
            AuthorityConstraint.none());
    TestSvid foreign =
        root.intermediate("a", constrained())
            .intermediate("b", request -> {})
            .issue(partner.id("/a"), r -> r.attributes(partner.attributes("/a")));
    List<Credential> good =
        List.of(
            domain.credential(domain.master("/a"), new byte[32]),
            partner.credential(foreign, new byte[32]));
    for (Credential credential : good) {
      VerifiedPeer unused = verifier.verify(context, credential, PeerRole.CLIENT, NOW);
    }

    int accepted = 0;
    for (int i = 0; i < TRIES; i++) {
      Credential credential = good.get(i % good.size());
      Credential mutated = mutated(credential);
      try {
        VerifiedPeer unused = verifier.verify(context, mutated, PeerRole.SERVER, NOW);
        assertThat(mutated).isEqualTo(credential);
        accepted++;
      } catch (PeerRejectedException expected) {
        assertThat(expected.reason()).isNotNull();
      }
    }
    assertThat(accepted).isLessThan(TRIES / 10);
  }

  private Credential mutated(Credential credential) {
    List<ByteString> chain = new ArrayList<>(credential.getChainList());
    int part = random.nextInt(chain.size() + 1);
    if (part == chain.size()) {
      return credential.toBuilder()
          .setHandshakeCertificate(mutated(credential.getHandshakeCertificate()))
          .build();
    }
    chain.set(part, mutated(chain.get(part)));
    return credential.toBuilder().clearChain().addAllChain(chain).build();
  }

  private ByteString mutated(ByteString bytes) {
    byte[] copy = bytes.toByteArray();
    int at = random.nextInt(copy.length);
    switch (random.nextInt(5)) {
      case 0 -> copy[at] ^= (byte) (1 << random.nextInt(8));
      case 1 -> copy[at] = (byte) random.nextInt(256);
      case 2 -> {
        return bytes.substring(0, at);
      }
      case 3 -> {
        int end = at + random.nextInt(copy.length - at);
        return bytes.substring(0, at).concat(bytes.substring(end));
      }
      default -> {
        byte[] noise = new byte[1 + random.nextInt(8)];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, copy, at, Math.min(noise.length, copy.length - at));
      }
    }
    return ByteString.copyFrom(copy);
  }

  private static Consumer<CertificateRequest> constrained() throws IOException {
    GeneralSubtree subtree =
        new GeneralSubtree(
            new GeneralName(GeneralName.uniformResourceIdentifier, "partner.example"));
    byte[] value = new NameConstraints(new GeneralSubtree[] {subtree}, null).getEncoded("DER");
    return request -> request.extension("2.5.29.30", true, value);
  }
}
