package dev.alts.identity.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.alts.identity.crypto.EcdsaP256;
import dev.alts.identity.verify.PeerRejectedException.Reason;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.Credential;
import java.security.Provider;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PeerVerifierCacheTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);
  private static final byte[] X25519 = new byte[32];

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final VerificationContext context = Trust.own(domain);
  private final CountingProvider counter = new CountingProvider();
  private final PeerVerifier verifier = new PeerVerifier(EcdsaP256.with(counter), 4);

  @Test
  void secondLookAtTheSamePeerCostsNoSignature() throws Exception {
    Credential credential = domain.credential(domain.master("/a"), X25519);

    assertThat(cost(credential, context, PeerRole.CLIENT)).isEqualTo(2);
    assertThat(cost(credential, context, PeerRole.CLIENT)).isZero();
  }

  @Test
  void newHandshakeCertificateUnderAKnownMasterCostsOne() throws Exception {
    TestSvid master = domain.master("/a");

    assertThat(cost(domain.credential(master, X25519), context, PeerRole.CLIENT)).isEqualTo(2);
    assertThat(cost(domain.credential(master, X25519), context, PeerRole.CLIENT)).isEqualTo(1);
  }

  @Test
  @Tag("abuse-25")
  void otherContextOrRoleStartsAfresh() throws Exception {
    Credential credential = domain.credential(domain.master("/a"), X25519);

    assertThat(cost(credential, context, PeerRole.CLIENT)).isEqualTo(2);
    assertThat(cost(credential, context, PeerRole.SERVER)).isEqualTo(2);
    assertThat(cost(credential, Trust.own(domain, domain.revocationList(1)), PeerRole.CLIENT))
        .isEqualTo(2);
  }

  @Test
  void sameStateBuiltAgainIsTheSameContext() {
    var document = domain.trustDocument();
    var list = domain.revocationList(1);

    VerificationContext first = VerificationContext.ofOwn(Trust.domain(domain, document, list));
    VerificationContext again = VerificationContext.ofOwn(Trust.domain(domain, document, list));
    VerificationContext without = VerificationContext.ofOwn(Trust.domain(domain, document, null));

    assertThat(again.id()).isEqualTo(first.id());
    assertThat(without.id()).isNotEqualTo(first.id());
  }

  @Test
  void timesAreLookedAtOnAHit() throws Exception {
    Credential credential = domain.credential(domain.master("/a"), X25519);
    verifier.verify(context, credential, PeerRole.CLIENT, NOW);

    assertThat(rejection(credential, NOW.plusSeconds(3000 + 60))).isNull();
    assertThat(rejection(credential, NOW.plusSeconds(3000 + 61))).isEqualTo(Reason.EXPIRED);
    assertThat(rejection(credential, NOW.minusSeconds(121))).isEqualTo(Reason.NOT_YET_VALID);
  }

  @Test
  void failuresAreNotRemembered() throws Exception {
    Credential credential = domain.credential(domain.master("/a"), X25519);

    assertThat(rejection(credential, NOW.minusSeconds(1000))).isEqualTo(Reason.NOT_YET_VALID);
    assertThat(rejection(credential, NOW)).isNull();
  }

  @Test
  void oldChainsFallOut() throws Exception {
    Credential first = domain.credential(domain.master("/a"), X25519);
    assertThat(cost(first, context, PeerRole.CLIENT)).isEqualTo(2);
    for (int i = 0; i < 4; i++) {
      assertThat(cost(domain.credential(domain.master("/b" + i), X25519), context, PeerRole.CLIENT))
          .isEqualTo(2);
    }

    assertThat(cost(first, context, PeerRole.CLIENT)).isEqualTo(2);
  }

  @Test
  void sixteenHandshakeCertificatesAreRememberedPerMaster() throws Exception {
    TestSvid master = domain.master("/a");
    Credential first = domain.credential(master, X25519);
    assertThat(cost(first, context, PeerRole.CLIENT)).isEqualTo(2);
    for (int i = 1; i < 16; i++) {
      assertThat(cost(domain.credential(master, X25519), context, PeerRole.CLIENT)).isEqualTo(1);
    }
    assertThat(cost(first, context, PeerRole.CLIENT)).isZero();
    for (int i = 0; i < 16; i++) {
      assertThat(cost(domain.credential(master, X25519), context, PeerRole.CLIENT)).isEqualTo(1);
    }

    assertThat(cost(first, context, PeerRole.CLIENT)).isEqualTo(1);
  }

  private int cost(Credential credential, VerificationContext given, PeerRole role)
      throws PeerRejectedException {
    int before = counter.verifications.get();
    VerifiedPeer unused = verifier.verify(given, credential, role, NOW);
    return counter.verifications.get() - before;
  }

  private Reason rejection(Credential credential, Instant now) {
    PeerRejectedException rejected =
        catchThrowableOfType(
            PeerRejectedException.class,
            () -> verifier.verify(context, credential, PeerRole.CLIENT, now));
    return rejected == null ? null : rejected.reason();
  }

  /** The JDK's provider, counting how often a signature object is asked for. */
  private static final class CountingProvider extends Provider {
    private static final long serialVersionUID = 1L;
    private final Provider jdk = java.security.Security.getProvider("SunEC");
    private final AtomicInteger verifications = new AtomicInteger();

    CountingProvider() {
      super("Counting", "1", "counts");
    }

    @Override
    public Service getService(String type, String algorithm) {
      if (type.equals("Signature")) {
        verifications.incrementAndGet();
      }
      return jdk.getService(type, algorithm);
    }
  }
}
