package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.frame.AltsProtocolException;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.OpenChannels;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedCertificate;
import dev.alts.wire.handshake.v1.RevokedMachine;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.VoidedResumption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Section 7: revocation reaches what is open, and what opens while it arrives. */
class OpenChannelsTest {
  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");
  private final CredentialSnapshot serverNow = db.snapshot();
  private final OpenChannels serverSide = new OpenChannels(world.verifier, world.clock, serverNow);
  private final List<String> ended = new ArrayList<>();
  private final List<String> replaced = new ArrayList<>();
  private final OpenChannels.Ends ends = new OpenChannels.Ends(ended::add, replaced::add);

  @Test
  void revocationEndsTheChannelsThatItMeansAndNoOther() throws AltsProtocolException {
    open(web);
    TestWorld.Party other = world.party(world.domain, "/other", "dc1");
    open(other);
    assertThat(serverSide.size()).isEqualTo(2);

    serverSide.update(
        with(
            RevocationEntry.newBuilder()
                .setCertificate(
                    RevokedCertificate.newBuilder()
                        .setRevocationId(web.snapshot().self().revocationId().value()))));

    assertThat(ended).hasSize(1);
    assertThat(ended.getFirst()).contains("revoked");
    assertThat(serverSide.size()).isEqualTo(1);
  }

  @Test
  void subjectAndMachineCountWhatWasIssuedBefore() throws AltsProtocolException {
    long t = TestWorld.START.getEpochSecond();
    open(web);
    serverSide.update(with(subject("spiffe://example.org/web", t)));
    assertThat(ended).isEmpty();
    serverSide.update(with(subject("spiffe://example.org/web", t + 1)));
    assertThat(ended).hasSize(1);

    open(world.party("/third"));
    serverSide.update(
        with(
            RevocationEntry.newBuilder()
                .setMachine(RevokedMachine.newBuilder().setMachine("m-1").setIssuedBefore(t + 1))));
    assertThat(ended).hasSize(2);
  }

  @Test
  void channelThatOpensAfterTheListArrivedIsRefused() throws AltsProtocolException {
    Established established = TestWorld.run(world.client(web), world.server(db)).serverResult();
    // The handshake began under the old snapshot; the new one is there before it is registered.
    serverSide.update(
        with(subject("spiffe://example.org/web", TestWorld.START.getEpochSecond() + 1)));

    assertThat(serverSide.register(established.peer(), established.evidence(), ends))
        .isInstanceOf(OpenChannels.Admission.Refused.class);
    assertThat(serverSide.size()).isZero();
    assertThat(ended).isEmpty();
  }

  @Test
  void resumedChannelsEndWithTheSessionsThatTheyGoBackTo() throws AltsProtocolException {
    HandshakePair resumed = resumed();
    OpenChannels clientSide = new OpenChannels(world.verifier, world.clock, web.snapshot());
    serverSide.register(resumed.serverResult().peer(), resumed.serverResult().evidence(), ends);
    clientSide.register(resumed.clientResult().peer(), resumed.clientResult().evidence(), ends);
    CredentialSnapshot voided =
        with(
            RevocationEntry.newBuilder()
                .setResumption(
                    VoidedResumption.newBuilder()
                        .setSpiffeId("spiffe://example.org/db")
                        .setAuthenticatedBefore(TestWorld.START.getEpochSecond() + 1)));

    serverSide.update(voided);
    clientSide.update(voided);

    assertThat(ended).hasSize(2);
  }

  @Test
  void fullChannelsOutliveAVoidedResumption() throws AltsProtocolException {
    open(web);

    serverSide.update(
        with(
            RevocationEntry.newBuilder()
                .setResumption(
                    VoidedResumption.newBuilder()
                        .setSpiffeId("spiffe://example.org/db")
                        .setAuthenticatedBefore(TestWorld.START.getEpochSecond() + 100))));

    assertThat(ended).isEmpty();
  }

  @Test
  void closedChannelIsForgotten() throws AltsProtocolException {
    OpenChannels.Admission.Admitted admitted = open(web);
    admitted.registration().close();
    admitted.registration().close();

    assertThat(serverSide.size()).isZero();
    serverSide.update(
        with(subject("spiffe://example.org/web", TestWorld.START.getEpochSecond() + 1)));
    assertThat(ended).isEmpty();
  }

  @Test
  void aChannelThatDoesNotCloseKeepsNoOtherOpen() throws AltsProtocolException {
    Established established = TestWorld.run(world.client(web), world.server(db)).serverResult();
    for (int i = 0; i < 3; i++) {
      serverSide.register(
          established.peer(),
          established.evidence(),
          new OpenChannels.Ends(
              reason -> {
                ended.add(reason);
                throw new IllegalStateException("does not close");
              },
              reason -> {}));
    }

    assertThatThrownBy(() ->
            serverSide.update(
                with(subject("spiffe://example.org/web", TestWorld.START.getEpochSecond() + 1))))
        .hasMessage("does not close");

    assertThat(ended).hasSize(3);
    assertThat(serverSide.size()).isZero();
  }

  @Test
  void noChannelSlipsThroughBetweenRegistrationAndUpdate() throws Exception {
    Established established = TestWorld.run(world.client(web), world.server(db)).serverResult();
    CredentialSnapshot revoked =
        with(subject("spiffe://example.org/web", TestWorld.START.getEpochSecond() + 1));
    AtomicInteger closed = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(4);
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      for (int t = 0; t < 4; t++) {
        threads.execute(() -> {
          for (int i = 0; i < 500; i++) {
            switch (serverSide.register(
                established.peer(),
                established.evidence(),
                new OpenChannels.Ends(reason -> closed.incrementAndGet(), reason -> {}))) {
              case OpenChannels.Admission.Admitted admitted -> {}
              case OpenChannels.Admission.Refused no -> refused.incrementAndGet();
            }
          }
          done.countDown();
        });
      }
      threads.execute(() -> serverSide.update(revoked));
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(closed.get() + refused.get()).isEqualTo(2000);
    assertThat(serverSide.size()).isZero();
  }

  @Test
  void channelsOfATaintedAuthorityAreReplacedOnceAndNotCut() throws AltsProtocolException {
    open(web);

    serverSide.update(tainted());
    serverSide.update(tainted());
    open(web);

    assertThat(replaced).hasSize(2).allMatch(reason -> reason.contains("tainted"));
    assertThat(ended).isEmpty();
    assertThat(serverSide.size()).isEqualTo(2);
  }

  /** A session that went on would be cut when the authority is withdrawn. */
  @Test
  @Tag("abuse-25")
  void sessionUnderATaintedAuthorityIsNotResumed() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(world.client(web.snapshot(), Negotiation.GRPC, tickets), world.server(db));
    CredentialSnapshot now = tainted();

    HandshakePair again =
        TestWorld.run(
            world.client(
                web.snapshot(),
                Negotiation.GRPC,
                new RecordingTickets(new ResumptionOffer.Full(tickets.stored().getLast()))),
            world.server(now, Negotiation.GRPC));

    assertThat(again.serverResult().evidence().resumed()).isFalse();
    assertThat(again.clientResult().evidence().resumed()).isFalse();
  }

  private CredentialSnapshot tainted() {
    return world.party("/db").builder.verificationContext(world.tainted()).build();
  }

  private HandshakePair resumed() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(world.client(web.snapshot(), Negotiation.GRPC, tickets), world.server(db));
    return TestWorld.run(
        world.client(
            web.snapshot(),
            Negotiation.GRPC,
            new RecordingTickets(new ResumptionOffer.Lean(tickets.stored().getLast()))),
        world.server(db));
  }

  private OpenChannels.Admission.Admitted open(TestWorld.Party client)
      throws AltsProtocolException {
    Established established = TestWorld.run(world.client(client), world.server(db)).serverResult();
    return (OpenChannels.Admission.Admitted)
        serverSide.register(established.peer(), established.evidence(), ends);
  }

  private CredentialSnapshot with(RevocationEntry.Builder entry) {
    return world
        .party("/db")
        .builder
        .verificationContext(
            world.context(
                entry
                    .setDropAfter(TestWorld.START.plus(Duration.ofDays(2)).getEpochSecond())
                    .build()))
        .build();
  }

  private static RevocationEntry.Builder subject(String id, long before) {
    return RevocationEntry.newBuilder()
        .setSubject(RevokedSubject.newBuilder().setSpiffeId(id).setIssuedBefore(before));
  }
}
