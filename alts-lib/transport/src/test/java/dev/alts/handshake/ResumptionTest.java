package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.identity.SpiffeId;
import dev.alts.peer.AltsPeer;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.Suite;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ClientTickets;
import dev.alts.resumption.ResumptionCache;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.wire.handshake.v1.EntityKind;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedAuthority;
import dev.alts.wire.handshake.v1.RevokedCertificate;
import dev.alts.wire.handshake.v1.RevokedMachine;
import dev.alts.wire.handshake.v1.RevokedSubject;
import dev.alts.wire.handshake.v1.ServerInit;
import dev.alts.wire.handshake.v1.VoidedResumption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Sections 6 and 7: who may resume what, and what ends it. */
class ResumptionTest {
  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");

  @Test
  void anotherReplicaOfTheIdentityResumes() throws AltsProtocolException {
    ClientTicket ticket = ticketOfFullHandshake();
    TestWorld.Party replica = world.party(world.domain, "/db", "dc1");

    HandshakePair pair = resume(new ResumptionOffer.Lean(ticket), replica.snapshot());

    AltsPeer server = pair.clientResult().peer();
    assertThat(server.resumed()).isTrue();
    assertThat(server.id()).hasToString("spiffe://example.org/db");
    // Which replica this is, nobody has said.
    assertThat(server.facts().machine()).isEmpty();
    assertThat(server.facts().authoritySpkiSha256()).isEmpty();
    assertThat(pair.serverResult().peer().facts().machine()).isEqualTo("m-1");
    HandshakerContractTest.assertSameKeys(pair);
  }

  @Test
  void expiryAndAuthenticationTimeNeverMoveAlongAChain() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(client(tickets), world.server(db));
    ClientTicket first = tickets.stored().getLast();

    for (int i = 0; i < 4; i++) {
      world.clock.advance(Duration.ofMinutes(30));
      ClientTicket last = tickets.stored().getLast();
      RecordingTickets next = new RecordingTickets(new ResumptionOffer.Lean(last));
      HandshakePair pair = TestWorld.run(client(next), world.server(db));
      assertThat(pair.serverResult().peer().authenticatedAt()).isEqualTo(TestWorld.START);
      assertThat(next.stored().getLast().dropAt()).isEqualTo(first.dropAt());
      assertThat(next.stored().getLast().authenticatedAt()).isEqualTo(first.authenticatedAt());
      tickets = next;
    }
    assertThat(first.dropAt()).isEqualTo(TestWorld.START.plus(Duration.ofHours(10)));
  }

  @Test
  void weakestSuiteSticksAndForbidsSymmetricModeOverAStrongerOne() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(
        world.client(
            web.snapshot(), HandshakerContractTest.withSuites(Suite.X25519_SHA256), tickets),
        world.server(db));
    RecordingTickets hybrid =
        new RecordingTickets(new ResumptionOffer.Lean(tickets.stored().getLast()));
    HandshakePair resumed = TestWorld.run(client(hybrid), world.server(db));
    assertThat(resumed.serverResult().peer().suite()).isEqualTo(Suite.X25519MLKEM768_SHA256);
    assertThat(hybrid.stored().getLast().weakestSuite()).isEqualTo(Suite.X25519_SHA256);

    HandshakePair symmetric =
        resume(new ResumptionOffer.Symmetric(hybrid.stored().getLast()), db.snapshot());

    assertThat(symmetric.serverResult().peer().resumed()).isFalse();
  }

  @Test
  void symmetricModeNeedsBothSidesToAllowIt() throws AltsProtocolException {
    HandshakePair allowed =
        resume(new ResumptionOffer.Symmetric(ticketOfFullHandshake()), db.snapshot());
    assertThat(allowed.serverResult().peer().resumed()).isTrue();

    HandshakePair refused =
        resume(
            new ResumptionOffer.Symmetric(ticketOfFullHandshake()),
            world.party("/db").builder.allowSymmetricResumption(false).build());
    assertThat(refused.serverResult().peer().resumed()).isFalse();
  }

  @Test
  @Tag("abuse-26")
  void ticketIsNothingToAnotherListenerAnotherKeyOrAfterItsKeysEnd() throws AltsProtocolException {
    assertFullInstead(world.party("/other").snapshot());
    assertFullInstead(world.party(world.domain, "/db", "dc2").snapshot());
    assertFullInstead(
        db(b -> b.resumptionKeys(List.of(TestWorld.resumptionKey(2, TestWorld.START)))));
    assertFullInstead(db(b -> b.resumptionKeys(List.of())));
    // Only three keys are tried, so a fourth one opens nothing.
    assertFullInstead(
        db(b ->
            b.resumptionKeys(
                List.of(
                    TestWorld.resumptionKey(5, TestWorld.START),
                    TestWorld.resumptionKey(4, TestWorld.START),
                    TestWorld.resumptionKey(3, TestWorld.START),
                    TestWorld.resumptionKey(1, TestWorld.START.minusSeconds(600))))));
    // Two rotations later its key is erased, or past its opening time.
    ClientTicket ticket = ticketOfFullHandshake();
    world.clock.advance(Duration.ofHours(9));
    CredentialSnapshot later =
        db(b ->
            b.resumptionKeys(
                List.of(TestWorld.resumptionKey(1, TestWorld.START.minus(Duration.ofHours(24))))));
    assertThat(new TicketProbe(world, later).opens(ticket.ticket())).isFalse();
  }

  @Test
  void ticketWithAnyFlippedBitIsRefusedAndTheHandshakeIsFull() throws AltsProtocolException {
    ClientTicket good = ticketOfFullHandshake();
    TicketProbe probe = new TicketProbe(world, db.snapshot());
    assertThat(probe.opens(good.ticket())).isTrue();
    byte[] ticket = good.ticket().toByteArray();
    for (int bit = 0; bit < 8 * ticket.length; bit++) {
      ticket[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(probe.opens(Bytes.copyOf(ticket))).as("bit %d", bit).isFalse();
      ticket[bit / 8] ^= (byte) (1 << bit % 8);
    }
    ticket[40] ^= 1;
    ClientTicket forged = withTicket(good, Bytes.copyOf(ticket));

    HandshakePair pair = resume(new ResumptionOffer.Full(forged), db.snapshot());

    assertThat(pair.serverResult().peer().resumed()).isFalse();
  }

  @Test
  @Tag("abuse-25")
  void whatHasChangedSinceTheTicketEndsIt() throws AltsProtocolException {
    long now = TestWorld.START.getEpochSecond();
    List<RevocationEntry> entries =
        List.of(
            entry(e ->
                e.setCertificate(
                    RevokedCertificate.newBuilder()
                        .setRevocationId(web.snapshot().self().revocationId().value()))),
            entry(e ->
                e.setSubject(
                    RevokedSubject.newBuilder()
                        .setSpiffeId("spiffe://example.org/web")
                        .setIssuedBefore(now + 1))),
            entry(e ->
                e.setMachine(
                    RevokedMachine.newBuilder().setMachine("m-1").setIssuedBefore(now + 1))),
            entry(e ->
                e.setAuthority(
                    RevokedAuthority.newBuilder()
                        .setSpkiSha256(
                            ByteString.copyFrom(
                                world.domain.authority(EntityKind.WORKLOAD).spkiSha256())))),
            voided("spiffe://example.org/db", now + 1));
    for (RevocationEntry revoked : entries) {
      CredentialSnapshot server = db(b -> b.verificationContext(world.context(revoked)));
      assertThat(judge(server, ticketOfFullHandshake()))
          .as("%s", revoked)
          .isInstanceOf(TicketDecision.Unacceptable.class);
    }
    assertThat(judge(db.snapshot(), ticketOfFullHandshake()))
        .isInstanceOf(TicketDecision.Accepted.class);
  }

  @Test
  @Tag("abuse-25")
  void ticketEndsWithItsExpiry() throws AltsProtocolException {
    ClientTicket ticket = ticketOfFullHandshake();
    TicketProbe probe = new TicketProbe(world, db.snapshot());
    world.clock.set(TestWorld.START.plus(Duration.ofHours(10)).minusSeconds(1));
    assertThat(probe.opens(ticket.ticket())).isTrue();
    world.clock.advance(Duration.ofSeconds(1));
    assertThat(probe.opens(ticket.ticket())).isFalse();
  }

  @Test
  void keysMadeBeforeARevocationSealAndOpenNothing() throws AltsProtocolException {
    RevocationEntry entry = voided("spiffe://example.org/db", TestWorld.START.getEpochSecond());
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());

    TestWorld.run(
        client(tickets),
        world.server(db(b -> b.verificationContext(world.context(entry))), Negotiation.GRPC));

    assertThat(tickets.stored()).isEmpty();
  }

  @Test
  void certificateOfXWithTicketOfYYieldsNeitherSession() throws AltsProtocolException {
    ClientTicket ticketOfWeb = ticketOfFullHandshake();
    TestWorld.Party mallory = world.party("/mallory");

    HandshakePair pair =
        TestWorld.run(
            world.client(
                mallory.snapshot(),
                Negotiation.GRPC,
                new RecordingTickets(new ResumptionOffer.Full(ticketOfWeb))),
            world.server(db));

    // In full, as the one whose key was proven.
    assertThat(pair.serverResult().peer().resumed()).isFalse();
    assertThat(pair.serverResult().peer().id()).hasToString("spiffe://example.org/mallory");
  }

  @Test
  void stolenTicketWithoutItsSecretFails() throws AltsProtocolException {
    ClientTicket stolen = withSecret(ticketOfFullHandshake(), SecretBytes.adopt(new byte[32]));

    assertThatThrownBy(() -> resume(new ResumptionOffer.Lean(stolen), db.snapshot()))
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).contains(Alert.HANDSHAKE_FAILED));
  }

  @Test
  void clientDropsTicketsOfServersThatARevocationVoided() throws AltsProtocolException {
    ClientTicket ticket = ticketOfFullHandshake();
    // Its own clock may be off by the skew, so up to a minute after T is void as well.
    CredentialSnapshot warned =
        world
            .party("/web")
            .builder
            .verificationContext(
                world.context(
                    voided("spiffe://example.org/db", TestWorld.START.getEpochSecond() - 59)))
            .build();
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.Lean(ticket));

    HandshakePair pair =
        TestWorld.run(world.client(warned, Negotiation.GRPC, tickets), world.server(db));

    assertThat(pair.clientResult().peer().resumed()).isFalse();
    assertThat(tickets.outcomes()).isEmpty();
    assertThatThrownBy(() -> ticket.resumptionSecret().exposeCopy())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void humansGetNoTicketsAndNamedOnesCanBeServers() throws AltsProtocolException {
    TestWorld.Party alice = world.party("/human/alice");
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());

    TestWorld.run(world.client(alice.snapshot(), Negotiation.GRPC, tickets), world.server(db));

    assertThat(tickets.stored()).isEmpty();
  }

  @Test
  void rejectionHappensOnceAndIsFollowedByAFullClientInit() throws AltsProtocolException {
    ClientHandshaker client =
        client(new RecordingTickets(new ResumptionOffer.Lean(ticketOfFullHandshake())));
    client.start();
    Send second = (Send) client.receive(rejection().asByteBuffer());
    assertThat(second.flight().length()).isGreaterThan(1000);

    assertAlert(Alert.BAD_MESSAGE, client, rejection().asByteBuffer());
  }

  @Test
  void bytesBehindARejectionAreABadMessage() throws AltsProtocolException {
    ClientHandshaker client =
        client(new RecordingTickets(new ResumptionOffer.Lean(ticketOfFullHandshake())));
    client.start();
    Bytes rejection = rejection();

    assertAlert(
        Alert.BAD_MESSAGE,
        client,
        ByteBuffer.allocate(rejection.length() + 1).put(rejection.asByteBuffer()).rewind());
  }

  @Test
  void secondClientInitWithAnOfferIsABadMessage() throws AltsProtocolException {
    CredentialSnapshot forgetful = db(b -> b.resumptionKeys(List.of()));
    ServerHandshaker server = world.server(forgetful, Negotiation.GRPC);
    server.start();
    Bytes lean = leanClientInit();
    server.receive(lean.asByteBuffer());

    assertAlert(Alert.BAD_MESSAGE, server, leanClientInit().asByteBuffer());
    ServerHandshaker other = world.server(forgetful, Negotiation.GRPC);
    other.start();
    other.receive(lean.asByteBuffer());
    Bytes fullOffer =
        ((Send)
                client(new RecordingTickets(new ResumptionOffer.Full(ticketOfFullHandshake())))
                    .start())
            .flight();
    assertAlert(Alert.BAD_MESSAGE, other, fullOffer.asByteBuffer());
  }

  @Test
  void cacheGivesEachTicketOnceAndGoesLeanWhileOffersSucceed() throws AltsProtocolException {
    ResumptionCache cache = new ResumptionCache(10, false);
    ClientTickets tickets = cache.forServer(key("db.example", ""));

    assertThat(resumedOver(tickets)).isFalse();
    assertThat(cache.size()).isEqualTo(1);
    ResumptionOffer first = tickets.take(world.clock.instant());
    assertThat(first).isInstanceOf(ResumptionOffer.Full.class);
    assertThat(tickets.take(world.clock.instant())).isInstanceOf(ResumptionOffer.None.class);
    assertThat(resumedOver(tickets)).isFalse();
    assertThat(resumedOver(tickets)).isTrue();
    assertThat(tickets.take(world.clock.instant())).isInstanceOf(ResumptionOffer.Lean.class);
    assertThat(cache.forServer(key("db.example", "uid 7")).take(world.clock.instant()))
        .isInstanceOf(ResumptionOffer.None.class);
  }

  @Test
  void cacheIsBoundedAndWipesWhatItDrops() throws AltsProtocolException {
    ResumptionCache cache = new ResumptionCache(2, false);
    ClientTicket oldest = ticketOfFullHandshake();
    cache.forServer(key("a", "")).store(oldest);
    cache.forServer(key("b", "")).store(ticketOfFullHandshake());
    cache.forServer(key("c", "")).store(ticketOfFullHandshake());
    assertThat(cache.size()).isEqualTo(2);
    assertThatThrownBy(() -> oldest.resumptionSecret().exposeCopy())
        .isInstanceOf(IllegalStateException.class);

    cache.dropVoided(
        world.context(voided("spiffe://example.org/db", TestWorld.START.getEpochSecond())));

    assertThat(cache.size()).isZero();
  }

  private boolean resumedOver(ClientTickets tickets) throws AltsProtocolException {
    return TestWorld.run(world.client(web.snapshot(), Negotiation.GRPC, tickets), world.server(db))
        .clientResult()
        .peer()
        .resumed();
  }

  private static ResumptionCache.Key key(String target, String caller) {
    return new ResumptionCache.Key(SpiffeId.parse("spiffe://example.org/web"), target, "", caller);
  }

  private void assertFullInstead(CredentialSnapshot server) throws AltsProtocolException {
    for (boolean lean : new boolean[] {false, true}) {
      ClientTicket ticket = ticketOfFullHandshake();
      HandshakePair pair =
          resume(
              lean ? new ResumptionOffer.Lean(ticket) : new ResumptionOffer.Full(ticket), server);
      assertThat(pair.serverResult().peer().resumed()).isFalse();
      assertThat(pair.fromClient()).hasSize(lean ? 3 : 2);
    }
  }

  private TicketDecision judge(CredentialSnapshot server, ClientTicket ticket) {
    return new TicketProbe(world, server).judge(ticket.ticket());
  }

  private ClientTicket ticketOfFullHandshake() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(client(tickets), world.server(db));
    return tickets.stored().getLast();
  }

  private HandshakePair resume(ResumptionOffer offer, CredentialSnapshot server)
      throws AltsProtocolException {
    return TestWorld.run(
        client(new RecordingTickets(offer)), world.server(server, Negotiation.GRPC));
  }

  private ClientHandshaker client(ClientTickets tickets) {
    return world.client(web.snapshot(), Negotiation.GRPC, tickets);
  }

  private Bytes leanClientInit() throws AltsProtocolException {
    return ((Send)
            client(new RecordingTickets(new ResumptionOffer.Lean(ticketOfFullHandshake()))).start())
        .flight();
  }

  private CredentialSnapshot db(
      Function<CredentialSnapshot.Builder, CredentialSnapshot.Builder> change) {
    return change.apply(world.party("/db").builder).build();
  }

  private static Bytes rejection() {
    return Bytes.copyOf(
        FrameType.SERVER_INIT.encode(
            ServerInit.newBuilder()
                .setVersion(1)
                .setRandom(ByteString.copyFrom(new byte[32]))
                .setSuiteValue(1)
                .setOutcome(Outcome.RESUMPTION_REJECTED)
                .build()
                .toByteArray()));
  }

  private static void assertAlert(Alert expected, Handshaker handshaker, ByteBuffer in) {
    assertThatThrownBy(() -> handshaker.receive(in))
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).as(e.getMessage()).contains(expected));
  }

  private static ClientTicket withTicket(ClientTicket ticket, Bytes sealed) {
    return new ClientTicket(
        sealed,
        SecretBytes.adopt(ticket.resumptionSecret().exposeCopy()),
        ticket.server(),
        ticket.authenticatedAt(),
        ticket.dropAt(),
        ticket.weakestSuite());
  }

  private static ClientTicket withSecret(ClientTicket ticket, SecretBytes secret) {
    return new ClientTicket(
        ticket.ticket(),
        secret,
        ticket.server(),
        ticket.authenticatedAt(),
        ticket.dropAt(),
        ticket.weakestSuite());
  }

  private static RevocationEntry voided(String server, long before) {
    return entry(e ->
        e.setResumption(
            VoidedResumption.newBuilder().setSpiffeId(server).setAuthenticatedBefore(before)));
  }

  private static RevocationEntry entry(
      Function<RevocationEntry.Builder, RevocationEntry.Builder> set) {
    return set.apply(RevocationEntry.newBuilder())
        .setDropAfter(TestWorld.START.plus(Duration.ofDays(2)).getEpochSecond())
        .build();
  }
}
