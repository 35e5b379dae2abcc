package dev.alts.identity.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alts.identity.EntityKind;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.document.AuthorityConstraint;
import dev.alts.identity.verify.PeerRole;
import dev.alts.identity.verify.PeerVerifier;
import dev.alts.identity.verify.Trust;
import dev.alts.identity.verify.VerificationContext;
import dev.alts.testing.ManualClock;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedCertificate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SvidTrustManagerTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_900_000_000);

  private final TestTrustDomain domain = TestTrustDomain.of("example.org", NOW);
  private final ManualClock clock = new ManualClock(NOW);
  private final AtomicReference<VerificationContext> context =
      new AtomicReference<>(Trust.own(domain));

  @Test
  void handshakeBetweenMachineAndCaSucceedsOverTheJdksTls() throws Exception {
    SSLEngine client = engine(domain.tls("/machine/m-1"), isCa(), true);
    SSLEngine server = engine(domain.tls("/ca"), isMachine(), false);

    handshake(client, server);

    assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
    assertThat(
            manager(isMachine())
                .verify(
                    (X509Certificate[]) server.getSession().getPeerCertificates(), PeerRole.CLIENT)
                .kind())
        .isEqualTo(EntityKind.MACHINE);
  }

  @Test
  @Tag("abuse-9")
  void serverThatIsNotTheCaIsRefusedDuringTheHandshake() throws Exception {
    SSLEngine client = engine(domain.tls("/machine/m-1"), isCa(), true);
    SSLEngine server = engine(domain.tls("/machine/m-2"), isMachine(), false);

    assertThatExceptionOfType(SSLHandshakeException.class)
        .isThrownBy(() -> handshake(client, server))
        .withMessageContaining("WRONG_NAME");
  }

  @Test
  void impostorWithTheSameNamesIsRefusedDuringTheHandshake() throws Exception {
    TestTrustDomain impostor = TestTrustDomain.of("example.org", NOW);
    SSLEngine client = engine(domain.tls("/machine/m-1"), isCa(), true);
    SSLEngine server = engine(impostor.tls("/ca"), isMachine(), false);

    assertThatExceptionOfType(SSLHandshakeException.class)
        .isThrownBy(() -> handshake(client, server))
        .withMessageContaining("UNTRUSTED");
  }

  @Test
  void masterIsNotForTls() {
    assertThat(refusal(domain.master("/ca"))).contains("PROFILE").contains("master");
  }

  @Test
  void endIsExactWithSkew() {
    TestSvid ca = domain.tls("/ca");
    clock.set(NOW.plusSeconds(24 * 3600 + 60));
    assertThat(refusal(ca)).isEmpty();
    clock.set(NOW.plusSeconds(24 * 3600 + 61));
    assertThat(refusal(ca)).contains("EXPIRED");
  }

  @Test
  @Tag("abuse-25")
  void newRevocationListCountsAtOnce() {
    TestSvid ca =
        domain.svid(
            "/ca",
            domain.attributes("/ca").withMayDelegate(false).withRevocationId(5),
            request -> {});
    assertThat(refusal(ca)).isEmpty();

    context.set(
        Trust.own(
            domain,
            domain.revocationList(
                1,
                RevocationEntry.newBuilder()
                    .setCertificate(RevokedCertificate.newBuilder().setRevocationId(5))
                    .build())));

    assertThat(refusal(ca)).contains("REVOKED");
  }

  @Test
  void foreignSoftwareMayLeaveTheAttributesOutAndOursMayNot() {
    TestTrustDomain partner = TestTrustDomain.of("partner.example", NOW);
    context.set(Trust.federated(domain, Trust.domain(partner), AuthorityConstraint.none()));
    TestSvid foreign =
        partner.svid("/a", partner.attributes("/a"), request -> request.attributes(null));
    TestSvid own = domain.svid("/a", domain.attributes("/a"), r -> r.attributes(null));

    assertThat(refusal(foreign, id -> true)).isEmpty();
    assertThat(refusal(own, id -> true)).contains("PROFILE");
  }

  @Test
  @Tag("abuse-49")
  void emptyChainIsRefusedAndNoIssuersAreNamed() {
    SvidTrustManager manager = manager(id -> true);

    assertThatExceptionOfType(CertificateException.class)
        .isThrownBy(() -> manager.checkClientTrusted(new X509Certificate[0], "UNKNOWN"));
    assertThat(manager.getAcceptedIssuers()).isEmpty();
  }

  @Test
  void unknownAuthenticationTypesOfNativeEnginesDoNotMatter() throws Exception {
    SvidTrustManager manager = manager(isCa());

    for (String type : List.of("GENERIC", "UNKNOWN", "ECDHE_ECDSA")) {
      manager.checkServerTrusted(domain.tls("/ca").x509Chain(), type);
    }
  }

  private static Predicate<SpiffeId> isCa() {
    return id -> id.path().equals("/ca");
  }

  private static Predicate<SpiffeId> isMachine() {
    return id -> id.hasPathPrefix("/machine");
  }

  private SvidTrustManager manager(Predicate<SpiffeId> accepted) {
    return new SvidTrustManager(new PeerVerifier(), context::get, accepted, clock);
  }

  private String refusal(TestSvid svid) {
    return refusal(svid, isCa());
  }

  /** {@return why it is refused as a server; empty if it is not} */
  private String refusal(TestSvid svid, Predicate<SpiffeId> accepted) {
    try {
      manager(accepted).checkServerTrusted(svid.x509Chain(), "UNKNOWN");
      return "";
    } catch (CertificateException e) {
      return e.getMessage();
    }
  }

  private SSLEngine engine(TestSvid svid, Predicate<SpiffeId> accepted, boolean client)
      throws GeneralSecurityException, IOException {
    char[] password = "test".toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, password);
    store.setKeyEntry("key", svid.privateKey(), password, svid.x509Chain());
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, password);
    SSLContext tls = SSLContext.getInstance("TLSv1.3");
    tls.init(keys.getKeyManagers(), new TrustManager[] {manager(accepted)}, null);
    SSLEngine engine = tls.createSSLEngine();
    engine.setUseClientMode(client);
    engine.setNeedClientAuth(!client);
    return engine;
  }

  private static void handshake(SSLEngine client, SSLEngine server) throws SSLException {
    ByteBuffer toServer = ByteBuffer.allocate(1 << 16);
    ByteBuffer toClient = ByteBuffer.allocate(1 << 16);
    for (int round = 0; round < 50; round++) {
      step(client, toClient, toServer);
      step(server, toServer, toClient);
      if (done(client) && done(server)) {
        return;
      }
    }
    throw new AssertionError("the handshake does not end");
  }

  private static boolean done(SSLEngine engine) {
    return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
  }

  /** One turn: tasks, then what has come in, then what wants to go out. */
  private static void step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
    ByteBuffer nothing = ByteBuffer.allocate(0);
    ByteBuffer sink = ByteBuffer.allocate(1 << 16);
    for (int turn = 0; turn < 20; turn++) {
      for (Runnable task = engine.getDelegatedTask();
          task != null;
          task = engine.getDelegatedTask()) {
        task.run();
      }
      HandshakeStatus status = engine.getHandshakeStatus();
      if (status == HandshakeStatus.NEED_WRAP || (turn == 0 && in.position() == 0)) {
        var unused = engine.wrap(nothing, out);
      } else if (in.position() > 0) {
        in.flip();
        var unused = engine.unwrap(in, sink);
        in.compact();
      } else {
        return;
      }
    }
  }
}
