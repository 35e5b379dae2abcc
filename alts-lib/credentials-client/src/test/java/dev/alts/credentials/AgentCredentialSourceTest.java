package dev.alts.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.ResumptionKey;
import dev.alts.api.credentials.v1.TrustedDomain;
import dev.alts.api.policy.v1.RevocationPolicy;
import dev.alts.crypto.X25519;
import dev.alts.identity.AltsAttributes;
import dev.alts.identity.Bytes;
import dev.alts.identity.SpiffeId;
import dev.alts.identity.verify.StaleRevocation;
import dev.alts.identity.x509.InvalidCertificateException;
import dev.alts.identity.x509.SvidCertificate;
import dev.alts.testing.TestSvid;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.EntityKind;
import dev.alts.wire.handshake.v1.NamingMode;
import dev.alts.wire.handshake.v1.SignedDocument;
import io.grpc.Status;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AgentCredentialSourceTest {
  @TempDir Path directory;
  private final TestTrustDomain domain = TestTrustDomain.of("example.org", Instant.now());
  private final AtomicLong sequence = new AtomicLong();

  @Test
  void givesWhatTheAgentSaysVerified() throws Exception {
    try (FakeAgent agent = FakeAgent.at(socket()).gives(snapshot("/web").build());
        AgentCredentialSource source = AgentCredentialSource.open(settings())) {
      dev.alts.peer.CredentialSnapshot snapshot = source.get();

      assertThat(snapshot.id()).isEqualTo(id("/web"));
      assertThat(snapshot.self().boundary()).isEqualTo("dc1");
      assertThat(snapshot.resumptionKeys()).hasSize(1);
      assertThat(snapshot.namingPolicy()).isNotNull();
      assertThat(agent.lastRequest().getSpiffeId()).isEmpty();
      assertThat(source.toString()).doesNotContain("[B@").contains("redacted");
    }
  }

  @Test
  void waitsForTheFirstSnapshot() throws Exception {
    try (FakeAgent agent = FakeAgent.at(socket());
        AgentCredentialSource source = AgentCredentialSource.open(settings())) {
      CompletableFuture<SpiffeId> waiting = CompletableFuture.supplyAsync(() -> source.get().id());
      awaitTrue(() -> agent.openStreams() == 1);
      assertThat(waiting).isNotDone();

      agent.gives(snapshot("/web").build());

      assertThat(waiting.get(10, TimeUnit.SECONDS)).isEqualTo(id("/web"));
    }
  }

  @Test
  void saysWhatToDoWhenThereIsNoAgent() {
    try (AgentCredentialSource source =
        AgentCredentialSource.open(settings().withFirstSnapshotTimeout(Duration.ofMillis(500)))) {
      assertThatThrownBy(source::get)
          .isInstanceOf(CredentialsUnavailableException.class)
          .hasMessageContaining("no agent at " + socket())
          .hasMessageContaining("start alts-agent")
          .hasMessageContaining("ALTS_AGENT_SOCKET");
    }
  }

  @Test
  void aRefusalEndsTheWaitingWithTheAgentsExplanation() throws Exception {
    try (FakeAgent agent =
            FakeAgent.at(socket())
                .refuses(Status.PERMISSION_DENIED.withDescription("no rule matches uid 1000"));
        AgentCredentialSource source = AgentCredentialSource.open(settings())) {
      assertThatThrownBy(source::get)
          .hasMessageContaining("gives this process no identity: no rule matches uid 1000");

      // a rule is added: the source has not given up
      agent.gives(snapshot("/web").build());
      awaitTrue(() -> agent.openStreams() == 1);
      awaitTrue(() -> hasSnapshot(source));
      assertThat(source.get().id()).isEqualTo(id("/web"));
    }
  }

  @Test
  void howLongChannelsLiveIsThePolicysToSay() throws Exception {
    CredentialSnapshot unsaid = snapshot("/web").build();
    CredentialSnapshot said =
        snapshot("/web")
            .setRevocationPolicy(
                RevocationPolicy.newBuilder()
                    .setMaxChannelLifeSeconds(600)
                    .setEndChannelsWithPeerCertificate(true))
            .build();
    try (FakeAgent agent = FakeAgent.at(socket()).gives(unsaid);
        AgentCredentialSource source = AgentCredentialSource.open(settings())) {
      assertThat(source.get().maxChannelLife()).isEqualTo(Duration.ofHours(24));
      assertThat(source.get().endChannelsWithPeerCertificate()).isFalse();

      agent.gives(said);

      awaitTrue(() -> source.get().endChannelsWithPeerCertificate());
      assertThat(source.get().maxChannelLife()).isEqualTo(Duration.ofMinutes(10));
    }
  }

  @Test
  void keepsItsSnapshotWhileTheAgentIsAwayAndCatchesUpAfterwards() throws Exception {
    List<SpiffeId> updates = new CopyOnWriteArrayList<>();
    try (AgentCredentialSource source = AgentCredentialSource.open(settings())) {
      try (FakeAgent agent = FakeAgent.at(socket()).gives(snapshot("/web").build())) {
        assertThat(source.get().id()).isEqualTo(id("/web"));
        source.onUpdate(next -> updates.add(next.id()));
        awaitTrue(() -> agent.openStreams() == 1);
      }
      assertThat(source.get().id()).isEqualTo(id("/web"));

      sequence.set(0);
      try (FakeAgent agent = FakeAgent.at(socket()).gives(snapshot("/web").build())) {
        dev.alts.peer.CredentialSnapshot old = source.get();
        awaitTrue(() -> agent.openStreams() == 1);
        agent.gives(snapshot("/web").build());
        awaitTrue(() -> source.get() != old);
      }
      assertThat(source.get().id()).isEqualTo(id("/web"));
    }
  }

  @Test
  void swapsToEachNewSnapshotAndTellsListenersUntilTheyLeave() throws Exception {
    List<Instant> updates = new CopyOnWriteArrayList<>();
    try (FakeAgent agent = FakeAgent.at(socket()).gives(snapshot("/web").build());
        AgentCredentialSource source = AgentCredentialSource.open(settings())) {
      dev.alts.peer.CredentialSnapshot first = source.get();
      var registration = source.onUpdate(next -> updates.add(next.handshakeNotAfter()));

      agent.gives(snapshot("/web").build());
      awaitTrue(() -> source.get() != first && !updates.isEmpty());

      registration.close();
      int heard = updates.size();
      dev.alts.peer.CredentialSnapshot second = source.get();
      agent.gives(snapshot("/web").build());
      awaitTrue(() -> source.get() != second);
      assertThat(updates).hasSize(heard);
    }
  }

  @Test
  void aSnapshotThatDoesNotVerifyChangesNothing() throws Exception {
    TestTrustDomain impostor = TestTrustDomain.of("example.org", Instant.now());
    List<CredentialSnapshot> bad =
        List.of(
            // another root than the pinned one
            snapshot("/web")
                .setDomains(0, own(impostor.trustDocument(), impostor.rootSha256()))
                .build(),
            // the right root, but a key that is not the certificate's
            snapshot("/web")
                .setX25519PrivateKey(
                    ByteString.copyFrom(new byte[] {1, 2, 3})
                        .concat(ByteString.copyFrom(new byte[29])))
                .build(),
            snapshot("/web").setSpiffeId(domain.id("/other")).build(),
            snapshot("/web").setBoundary("dc2").build(),
            snapshot("/web").setKind(EntityKind.MACHINE).build(),
            snapshot("/web").clearDomains().build(),
            snapshot("/web").setNamingPolicy(impostor.namingPolicy(NamingMode.STRICT)).build(),
            snapshot("/web").clearCredential().build());
    SnapshotReader reader = newReader();
    reader.read(snapshot("/web").build());
    for (CredentialSnapshot wire : bad) {
      assertThatThrownBy(() -> reader.read(wire)).isInstanceOf(InvalidSnapshotException.class);
    }
    assertThat(reader.read(snapshot("/web").build()).id()).isEqualTo(id("/web"));
  }

  @Test
  void aTrustDocumentNeverGoesBackAndAnOlderListIsNotTaken() throws Exception {
    SnapshotReader reader = newReader();
    SignedDocument second = domain.trustDocument(document -> document.setSequence(2));
    reader.read(
        snapshot("/web")
            .setDomains(
                0,
                own(second, domain.rootSha256()).toBuilder()
                    .setRevocationList(domain.revocationList(7)))
            .build());

    assertThatThrownBy(() -> reader.read(snapshot("/web").build()))
        .hasMessageContaining("sequence 1");
    dev.alts.peer.CredentialSnapshot later =
        reader.read(
            snapshot("/web")
                .setDomains(
                    0,
                    own(second, domain.rootSha256()).toBuilder()
                        .setRevocationList(domain.revocationList(5)))
                .build());
    assertThat(
            later
                .verificationContext()
                .domain(id("/web").trustDomain())
                .orElseThrow()
                .revocationList()
                .counter())
        .isEqualTo(7);
  }

  @Test
  void policyOfTheCaDecidesWhatAStaleListMeansAndKeepServingIsTheDefault() throws Exception {
    SnapshotReader reader = newReader();
    RevocationPolicy refuse =
        RevocationPolicy.newBuilder()
            .setWhenStale(dev.alts.api.policy.v1.StaleRevocation.REFUSE_NEW)
            .build();

    assertThat(reader.read(snapshot("/web").build()).verificationContext().whenStale())
        .isEqualTo(StaleRevocation.KEEP_SERVING);
    assertThat(
            reader
                .read(snapshot("/web").setRevocationPolicy(refuse).build())
                .verificationContext()
                .whenStale())
        .isEqualTo(StaleRevocation.REFUSE_NEW);
  }

  @Test
  void aForeignDomainThatDoesNotVerifyIsLeftOutAndTheRestStands() throws Exception {
    TestTrustDomain good = TestTrustDomain.of("good.example", Instant.now());
    TestTrustDomain broken = TestTrustDomain.of("broken.example", Instant.now());

    dev.alts.peer.CredentialSnapshot snapshot =
        newReader()
            .read(
                snapshot("/web")
                    .addDomains(domainOf(good, good.rootSha256()))
                    .addDomains(domainOf(broken, good.rootSha256()))
                    .build());

    assertThat(snapshot.verificationContext().domain(domainName("good.example"))).isPresent();
    assertThat(snapshot.verificationContext().domain(domainName("broken.example"))).isEmpty();
  }

  @Test
  void aHumanIsGivenNoResumptionKeys() throws Exception {
    assertThat(newReader().read(snapshot("/human/ada").build()).resumptionKeys()).isEmpty();
  }

  @Test
  void closingEndsTheStream() throws Exception {
    try (FakeAgent agent = FakeAgent.at(socket()).gives(snapshot("/web").build())) {
      AgentCredentialSource source = AgentCredentialSource.open(settings());
      source.get();
      awaitTrue(() -> agent.openStreams() == 1);

      source.close();
      source.close();

      awaitTrue(() -> agent.openStreams() == 0);
      assertThatThrownBy(source::get).hasMessageContaining("already closed");
    }
  }

  private Path socket() {
    return directory.resolve("a.sock");
  }

  private AgentCredentialSource.Settings settings() {
    return new AgentCredentialSource.Settings(
        new AgentSocket(socket()),
        null,
        Duration.ofSeconds(20),
        InstantSource.system(),
        new SecureRandom());
  }

  private static SnapshotReader newReader() {
    return new SnapshotReader(new dev.alts.identity.verify.PeerVerifier(), InstantSource.system());
  }

  private CredentialSnapshot.Builder snapshot(String path) {
    byte[] privateKey = new byte[32];
    new SecureRandom().nextBytes(privateKey);
    TestSvid master = domain.master(path);
    SvidCertificate certificate = certificate(master);
    AltsAttributes attributes = certificate.attributes().orElseThrow();
    long now = domain.now().getEpochSecond();
    return CredentialSnapshot.newBuilder()
        .setSequence(sequence.incrementAndGet())
        .setSpiffeId(domain.id(path))
        .setKindValue(attributes.kind().number())
        .setBoundary("dc1")
        .setMachine("m-1")
        .setRevocationId(attributes.revocationId().value())
        .setCredential(
            domain.credential(master, X25519.available().getFirst().publicKey(privateKey)))
        .setX25519PrivateKey(ByteString.copyFrom(privateKey))
        .addDomains(own(domain.trustDocument(), domain.rootSha256()))
        .setNamingPolicy(domain.namingPolicy(NamingMode.TRUST_DOMAIN))
        .addResumptionKeys(
            ResumptionKey.newBuilder()
                .setKey(ByteString.copyFrom(new byte[32]))
                .setGeneration(1)
                .setCreatedAt(now)
                .setSealsUntil(now + 3600)
                .setOpensUntil(now + 7200));
  }

  private static SvidCertificate certificate(TestSvid master) {
    try {
      return SvidCertificate.parse(Bytes.copyOf(master.certificate()));
    } catch (InvalidCertificateException e) {
      throw new AssertionError("the test domain issues good certificates", e);
    }
  }

  private TrustedDomain own(SignedDocument trust, byte[] root) {
    return TrustedDomain.newBuilder()
        .setTrustDomain(domain.name())
        .setRootSpkiSha256(ByteString.copyFrom(root))
        .setTrustDocument(trust)
        .build();
  }

  private static TrustedDomain domainOf(TestTrustDomain foreign, byte[] root) {
    return TrustedDomain.newBuilder()
        .setTrustDomain(foreign.name())
        .setRootSpkiSha256(ByteString.copyFrom(root))
        .setTrustDocument(foreign.trustDocument())
        .build();
  }

  private static dev.alts.identity.TrustDomain domainName(String name) {
    return new dev.alts.identity.TrustDomain(name);
  }

  private SpiffeId id(String path) {
    return SpiffeId.parse(domain.id(path));
  }

  private static boolean hasSnapshot(AgentCredentialSource source) {
    try {
      return source.get() != null;
    } catch (CredentialsUnavailableException e) {
      return false;
    }
  }

  private interface Condition {
    boolean holds();
  }

  private static void awaitTrue(Condition condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(25);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("condition in time").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
