package dev.alts.agent.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.agent.fake.ScriptedIssuances;
import dev.alts.identity.Bytes;
import dev.alts.identity.handshake.HandshakeCertificate;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestTrustDomain;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.Test;

/** One credential over its life, by a clock that stands still between the steps. */
class LiveCredentialTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final ManualClock clock = new ManualClock(START);
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", START);
  private final SecureRandom random = new SecureRandom();
  private final ScriptedIssuances ca =
      new ScriptedIssuances(domain, clock, Duration.ofHours(4), Duration.ofHours(2));
  private final LiveCredential credential =
      new LiveCredential(
          ca.grant(), ca, new HandshakeCredentialMaker(Duration.ofHours(1), random), clock, random);
  private final AtomicInteger changes = new AtomicInteger();

  LiveCredentialTest() {
    credential.onChange(changes::incrementAndGet);
  }

  @Test
  void handshakeCertificateIsMadeAgainAtHalfLife() throws Exception {
    Instant first = serving().handshake().notAfter();

    advance(Duration.ofMinutes(29));
    assertThat(serving().handshake().notAfter()).isEqualTo(first);

    advance(Duration.ofMinutes(1));
    assertThat(serving().handshake().notAfter()).isEqualTo(first.plus(Duration.ofMinutes(30)));
    assertThat(changes).hasValue(1);
    assertThat(ca.asked()).isZero();
  }

  @Test
  void renewsWhenTheCaSaid() {
    advance(Duration.ofHours(2).minusSeconds(1));
    assertThat(ca.asked()).isZero();

    advance(Duration.ofSeconds(1));
    assertThat(ca.asked()).isEqualTo(1);
    assertThat(serving().certificate().notAfter()).isEqualTo(START.plus(Duration.ofHours(6)));
  }

  @Test
  void failedRenewalIsTriedAgainAndServesOnUntilItSucceeds() {
    ca.fail();
    Instant end = serving().certificate().notAfter();

    for (int minute = 0; minute < 210; minute++) {
      advance(Duration.ofMinutes(1));
      assertThat(serving().certificate().notAfter()).isEqualTo(end);
    }
    assertThat(ca.asked()).isBetween(40, 95);

    ca.succeed();
    advance(Duration.ofMinutes(2));
    assertThat(serving().certificate().notAfter()).isAfter(end);
  }

  @Test
  void expiredCredentialIsStillAskedForAndComesBack() {
    ca.fail();
    advance(Duration.ofHours(5));
    assertThat(serving().certificate().schedule().isExpired(clock.instant())).isTrue();

    ca.succeed();
    advance(Duration.ofMinutes(3));
    assertThat(serving().certificate().schedule().isExpired(clock.instant())).isFalse();
  }

  @Test
  void certificateThatIsNoMasterIsAFailedRenewalAndNotTheLastOne() {
    ca.issueUnfit();
    Instant end = serving().certificate().notAfter();
    advance(Duration.ofHours(2));
    assertThat(serving().certificate().notAfter()).isEqualTo(end);

    ca.succeed();
    advance(Duration.ofMinutes(3));
    assertThat(serving().certificate().notAfter()).isAfter(end);
  }

  @Test
  void oneRenewalAtATime() {
    ca.stall();
    for (int i = 0; i < 10; i++) {
      advance(Duration.ofHours(1).minusSeconds(i));
    }

    assertThat(ca.asked()).isEqualTo(1);
  }

  @Test
  void lastingRefusalEndsIt() {
    ca.refuse(true);
    advance(Duration.ofHours(2));

    assertThat(credential.state()).isEqualTo(new LiveCredential.Ended("refused"));
    assertThat(changes.get()).isPositive();
  }

  @Test
  void passingRefusalDoesNot() {
    ca.refuse(false);
    advance(Duration.ofHours(2));

    assertThat(credential.state()).isInstanceOf(LiveCredential.Serving.class);
  }

  @Test
  void askAgainRenewsWithinTheSpread() {
    credential.askAgain(Duration.ofMinutes(5));
    advance(Duration.ofMinutes(5));

    assertThat(ca.asked()).isEqualTo(1);
  }

  @Test
  void privateKeyIsTheOneThatTheHandshakeCertificateNames() throws Exception {
    HandshakeCertificate certificate =
        HandshakeCertificate.parse(
            Bytes.copyOf(
                serving()
                    .handshake()
                    .credential()
                    .getHandshakeCertificate()
                    .asReadOnlyByteBuffer()));
    byte[] secret = serving().handshake().x25519PrivateKey().exposeCopy();

    assertThat(agree(secret, certificate.x25519PublicKey())).isTrue();
  }

  @Test
  void printingShowsNoKey() {
    assertThat(serving().handshake().toString()).contains("redacted");
    assertThat(serving().toString()).doesNotContain("PrivateKey");
  }

  /** Whether both halves give the same secret with a third key. */
  private static boolean agree(byte[] secret, Bytes publicKey) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("X25519");
    KeyPair third = generator.generateKeyPair();
    KeyFactory factory = KeyFactory.getInstance("X25519");
    byte[] bigEndian = new byte[32];
    byte[] littleEndian = publicKey.toByteArray();
    for (int i = 0; i < 32; i++) {
      bigEndian[i] = littleEndian[31 - i];
    }
    KeyAgreement theirs = KeyAgreement.getInstance("X25519");
    theirs.init(third.getPrivate());
    theirs.doPhase(
        factory.generatePublic(
            new XECPublicKeySpec(NamedParameterSpec.X25519, new BigInteger(1, bigEndian))),
        true);
    KeyAgreement ours = KeyAgreement.getInstance("X25519");
    ours.init(factory.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)));
    ours.doPhase((XECPublicKey) third.getPublic(), true);
    return java.util.Arrays.equals(theirs.generateSecret(), ours.generateSecret());
  }

  private void advance(Duration time) {
    clock.advance(time);
    credential.tick();
  }

  private LiveCredential.Serving serving() {
    return (LiveCredential.Serving) credential.state();
  }
}
