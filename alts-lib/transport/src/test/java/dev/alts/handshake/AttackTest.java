package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameHeader;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import dev.alts.identity.SecretBytes;
import dev.alts.peer.CredentialSnapshot;
import dev.alts.peer.RpcVersions;
import dev.alts.record.Direction;
import dev.alts.record.RecordOpener;
import dev.alts.record.RecordProtocol;
import dev.alts.record.RecordSealer;
import dev.alts.resumption.ClientTicket;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.testing.TestSvid;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.ResumptionMode;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedCertificate;
import dev.alts.wire.handshake.v1.ServerFinished;
import dev.alts.wire.handshake.v1.VoidedResumption;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The attacks that handshake.md sections 6 to 10 speak of, each with the alert that ends it. */
@Tag("abuse-32")
class AttackTest {
  private static final Negotiation RICH =
      new Negotiation(
          Negotiation.GRPC.suites(),
          List.of("grpc", "other"),
          List.of("one", "two"),
          RpcVersions.GRPC,
          1 << 20,
          false);

  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");

  @Test
  @Tag("abuse-25")
  void revokedReplicaThatKeepsTheKeyCannotServeClientsThatKnow() throws AltsProtocolException {
    // Both were taken before the revocation: the ticket honestly, the resumption key by theft.
    ClientTicket ticket = ticket(db.snapshot());
    CredentialSnapshot warned =
        world.party("/web").builder.verificationContext(world.context(revoked(), voided())).build();
    ServerHandshaker replica = world.server(db);
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.Lean(ticket));
    ClientHandshaker client = world.client(warned, RICH, tickets);
    replica.start();

    // The ticket is dropped, so the replica must show its certificate, and that is revoked.
    Send flight = (Send) replica.receive(((Send) client.start()).flight().asByteBuffer());
    assertThat(tickets.outcomes()).isEmpty();
    assertAlert(Alert.HANDSHAKE_FAILED, client, flight.flight().asByteBuffer());
  }

  @Test
  @Tag("abuse-25")
  void revokedReplicaThatKeepsTheKeyCannotForgeClients() throws AltsProtocolException {
    // After T it seals a ticket for whom it likes, authenticated after T, under the old key.
    world.clock.advance(Duration.ofMinutes(10));
    ClientTicket forged = ticket(db.snapshot());
    CredentialSnapshot honest =
        world.party("/db").builder.verificationContext(world.context(voided())).build();

    HandshakePair pair =
        TestWorld.run(
            world.client(
                web.snapshot(),
                Negotiation.GRPC,
                new RecordingTickets(new ResumptionOffer.Full(forged))),
            world.server(honest, Negotiation.GRPC));

    // Only with a certificate of one's own.
    assertThat(pair.serverResult().peer().resumed()).isFalse();
  }

  @Test
  void revokedPeerIsRefusedInEitherRoleAndLearnsNotWhy() throws AltsProtocolException {
    RevocationEntry client = revoked(web);
    RevocationEntry server = revoked();
    CredentialSnapshot carefulServer =
        world.party("/db").builder.verificationContext(world.context(client)).build();
    CredentialSnapshot carefulClient =
        world.party("/web").builder.verificationContext(world.context(server)).build();

    ServerHandshaker refusing = world.server(carefulServer, Negotiation.GRPC);
    refusing.start();
    assertAlert(
        Alert.HANDSHAKE_FAILED,
        refusing,
        ((Send) world.client(web).start()).flight().asByteBuffer());
    ClientHandshaker wary =
        world.client(
            carefulClient, Negotiation.GRPC, new RecordingTickets(new ResumptionOffer.None()));
    assertAlert(Alert.HANDSHAKE_FAILED, wary, flightFor(wary, world.server(db)).asByteBuffer());
  }

  @Test
  void everyFailureOfAServersCredentialLooksTheSame() throws Exception {
    TestSvid master = db.master;
    byte[] key = Crypto.best().x25519().publicKey(db.x25519Private);
    TestSvid notAMaster =
        world.domain.svid(
            "/db", world.domain.attributes("/db").withMayDelegate(false), request -> {});
    long start = TestWorld.START.getEpochSecond();
    List<Credential> broken =
        List.of(
            world.domain.credential(
                master, key, body -> body.setSpiffeId("spiffe://example.org/x")),
            world.domain.credential(master, key, body -> body.setNotAfter(start - 61)),
            world.domain.credential(master, key, body -> body.setNotBefore(start + 61)),
            world.domain.credential(master, key, body -> body.setMasterSha256(zeros(32))),
            world.domain.credential(master, key, body -> body.setX25519PublicKey(zeros(31))),
            world.domain.credential(notAMaster, key),
            // A foreign authority that uses our name
            new TestWorld().party("/db").credential,
            db.credential.toBuilder().addChain(db.credential.getChain(0)).build(),
            db.credential.toBuilder().clearChain().addChain(zeros(20_000)).build(),
            db.credential.toBuilder().setHandshakeCertificate(zeros(100)).build());
    for (Credential credential : broken) {
      EvilServer server =
          new EvilServer(
              world.party(master, credential, db.x25519Private),
              Crypto.best().x25519().publicKey(web.x25519Private));
      ClientHandshaker client = world.client(web);
      Bytes flight = server.answer(((Send) client.start()).flight());
      assertAlert(Alert.HANDSHAKE_FAILED, client, flight.asByteBuffer());
    }
  }

  @Test
  void replayedClientInitNeverCompletesWhicheverTheMode() throws AltsProtocolException {
    for (ResumptionOffer offer :
        List.of(
            new ResumptionOffer.None(),
            new ResumptionOffer.Full(ticket(db.snapshot())),
            new ResumptionOffer.Lean(ticket(db.snapshot())),
            new ResumptionOffer.Symmetric(ticket(db.snapshot())))) {
      ClientHandshaker client =
          world.client(web.snapshot(), Negotiation.GRPC, new RecordingTickets(offer));
      Bytes clientInit = ((Send) client.start()).flight();
      ServerHandshaker original = world.server(db);
      ServerHandshaker replica = world.server(world.party(world.domain, "/db", "dc1"));
      original.start();
      replica.start();
      Bytes flight = ((Send) original.receive(clientInit.asByteBuffer())).flight();
      assertThat(replica.receive(clientInit.asByteBuffer())).isInstanceOf(Send.class);

      Bytes finished = established(client, flight).lastFlight();

      assertAlert(Alert.HANDSHAKE_FAILED, replica, finished.asByteBuffer());
    }
  }

  @Test
  void ticketThatACheatOffersTwiceGivesOtherKeysEachTime() throws AltsProtocolException {
    // Replicas keep no list of used tickets; fresh randomness of both sides makes it harmless.
    ClientTicket ticket = ticket(db.snapshot());
    HandshakePair first = resume(new ResumptionOffer.Symmetric(copy(ticket)));
    HandshakePair second = resume(new ResumptionOffer.Symmetric(copy(ticket)));

    assertThat(first.serverResult().peer().resumed()).isTrue();
    assertThat(second.serverResult().peer().resumed()).isTrue();
    assertThat(
            first
                .serverResult()
                .keys()
                .keyData()
                .equalsSecret(second.serverResult().keys().keyData()))
        .isFalse();
  }

  @Test
  @Tag("abuse-34")
  void reflectedAuthenticatorFails() throws Exception {
    ServerHandshaker server = world.server(db);
    Bytes flight = flightFor(world.client(web), server);
    byte[] all = flight.toByteArray();
    int serverInit = FrameHeader.BYTES + bodyLength(all, 0);
    ServerFinished own =
        ServerFinished.parseFrom(
            Arrays.copyOfRange(all, serverInit + FrameHeader.BYTES, all.length));

    byte[] reflected =
        FrameType.CLIENT_FINISHED.encode(
            concat(new byte[] {0x0a, 0x20}, own.getAuthenticator().toByteArray()));

    assertAlert(Alert.HANDSHAKE_FAILED, server, ByteBuffer.wrap(reflected));
  }

  @Test
  void clientsOwnShareAsTheServersFails() throws Exception {
    ClientHandshaker client = world.client(web);
    Bytes clientInit = ((Send) client.start()).flight();
    EvilServer server = new EvilServer(db, Crypto.best().x25519().publicKey(web.x25519Private));
    server.serverInit = init -> init.setX25519Ephemeral(parse(clientInit).getX25519Ephemeral());

    assertAlert(Alert.HANDSHAKE_FAILED, client, server.answer(clientInit).asByteBuffer());
  }

  @Test
  void noNegotiatedValueCanBeLoweredInFlight() throws AltsProtocolException {
    List<Consumer<ClientInit.Builder>> downgrades =
        List.of(
            init -> init.clearSuites().addSuitesValue(2).clearMlkem768EncapsulationKey(),
            // The server would pick a weaker one of what is left, or the only one.
            init -> init.clearRecordProtocols().addRecordProtocols("ALTSRP_GMAC_128"),
            init -> init.clearRecordProtocols().addRecordProtocols("ALTSRP_GCM_AES128_REKEY"),
            init -> init.clearApplicationProtocols().addApplicationProtocols("grpc"),
            init -> init.clearTransportProtocols(),
            init -> init.clearTransportProtocols().addTransportProtocols("two"),
            init -> init.setMaxFrameSize(16_384),
            init -> init.clearMaxFrameSize(),
            init -> init.getRpcVersionsBuilder().getMinBuilder().setMajor(1),
            init -> init.addVersions(0),
            init -> init.clearResumption(),
            init -> init.getResumptionBuilder().addModes(ResumptionMode.SYMMETRIC),
            init -> init.getResumptionBuilder().setTicket(zeros(100)));
    for (Consumer<ClientInit.Builder> downgrade : downgrades) {
      ClientHandshaker client =
          world.client(
              web.snapshot(),
              RICH,
              new RecordingTickets(new ResumptionOffer.Full(ticket(db.snapshot()))));
      ServerHandshaker server = world.server(db.snapshot(), RICH);
      server.start();
      ClientInit.Builder init = parse(((Send) client.start()).flight()).toBuilder();
      downgrade.accept(init);
      Send answer =
          (Send)
              server.receive(
                  ByteBuffer.wrap(FrameType.CLIENT_INIT.encode(init.build().toByteArray())));

      assertAlert(Alert.HANDSHAKE_FAILED, client, answer.flight().asByteBuffer());
    }
  }

  @Test
  void fullFlightInsteadOfAResumedOneIsABadMessage() throws AltsProtocolException {
    ClientHandshaker lean =
        world.client(
            web.snapshot(),
            Negotiation.GRPC,
            new RecordingTickets(new ResumptionOffer.Lean(ticket(db.snapshot()))));
    lean.start();

    // A lean offer admits no full handshake (section 11).
    assertAlert(
        Alert.BAD_MESSAGE, lean, flightFor(world.client(web), world.server(db)).asByteBuffer());
  }

  @Test
  @Tag("abuse-27")
  void thousandUnknownFieldsAreIgnored() throws Exception {
    UnknownFieldSet.Builder many = UnknownFieldSet.newBuilder();
    for (int number = 100; number < 1_100; number++) {
      many.addField(number, UnknownFieldSet.Field.newBuilder().addVarint(number).build());
    }
    ClientInit init =
        parse(((Send) world.client(web).start()).flight()).toBuilder()
            .setUnknownFields(many.build())
            .build();
    ServerHandshaker server = world.server(db);
    server.start();

    assertThat(server.receive(ByteBuffer.wrap(FrameType.CLIENT_INIT.encode(init.toByteArray()))))
        .isInstanceOf(Send.class);
  }

  @Test
  void recordOfAnotherConnectionIsRefused() throws AltsProtocolException {
    HandshakePair one = TestWorld.run(world.client(web), world.server(db));
    HandshakePair other = TestWorld.run(world.client(web), world.server(db));
    for (RecordProtocol protocol : RecordProtocol.values()) {
      ByteBuffer frame = ByteBuffer.allocate(8 + RecordSealer.OVERHEAD_BYTES);
      RecordSealer.of(
              Crypto.best(),
              protocol,
              one.clientResult().keys().keyData(),
              Direction.CLIENT_TO_SERVER)
          .seal(ByteBuffer.allocate(8), frame);
      RecordOpener opener =
          RecordOpener.of(
              Crypto.best(),
              protocol,
              other.serverResult().keys().keyData(),
              Direction.CLIENT_TO_SERVER);

      assertThatThrownBy(() -> opener.open(frame.flip().position(8), ByteBuffer.allocate(8)))
          .hasMessageContaining("wrong tag");
    }
  }

  private HandshakePair resume(ResumptionOffer offer) throws AltsProtocolException {
    return TestWorld.run(
        world.client(web.snapshot(), Negotiation.GRPC, new RecordingTickets(offer)),
        world.server(db));
  }

  private ClientTicket ticket(CredentialSnapshot server) throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(
        world.client(web.snapshot(), Negotiation.GRPC, tickets),
        world.server(server, Negotiation.GRPC));
    return tickets.stored().getLast();
  }

  private static ClientTicket copy(ClientTicket ticket) {
    return new ClientTicket(
        ticket.ticket(),
        SecretBytes.adopt(ticket.resumptionSecret().exposeCopy()),
        ticket.server(),
        ticket.authenticatedAt(),
        ticket.dropAt(),
        ticket.weakestSuite());
  }

  /** Of db's certificate. */
  private RevocationEntry revoked() {
    return revoked(db);
  }

  private static RevocationEntry revoked(TestWorld.Party party) {
    return entry(
        RevocationEntry.newBuilder()
            .setCertificate(
                RevokedCertificate.newBuilder()
                    .setRevocationId(party.snapshot().self().revocationId().value())));
  }

  private static RevocationEntry voided() {
    return entry(
        RevocationEntry.newBuilder()
            .setResumption(
                VoidedResumption.newBuilder()
                    .setSpiffeId("spiffe://example.org/db")
                    .setAuthenticatedBefore(TestWorld.START.getEpochSecond() + 60)));
  }

  private static RevocationEntry entry(RevocationEntry.Builder entry) {
    return entry.setDropAfter(TestWorld.START.plus(Duration.ofDays(2)).getEpochSecond()).build();
  }

  private static Bytes flightFor(ClientHandshaker client, ServerHandshaker server)
      throws AltsProtocolException {
    server.start();
    return ((Send) server.receive(((Send) client.start()).flight().asByteBuffer())).flight();
  }

  private static Established established(ClientHandshaker client, Bytes flight)
      throws AltsProtocolException {
    ByteBuffer in = flight.asByteBuffer();
    HandshakeStep step = client.receive(in);
    while (in.hasRemaining()) {
      step = client.receive(in);
    }
    return (Established) step;
  }

  private static void assertAlert(Alert expected, Handshaker handshaker, ByteBuffer in) {
    assertThatThrownBy(
            () -> {
              while (in.hasRemaining()) {
                assertThat(handshaker.receive(in)).isInstanceOf(HandshakeStep.AwaitPeer.class);
              }
            })
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).as(e.getMessage()).contains(expected));
  }

  private static ClientInit parse(Bytes frame) {
    byte[] all = frame.toByteArray();
    try {
      return ClientInit.parseFrom(Arrays.copyOfRange(all, FrameHeader.BYTES, all.length));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("our own client's message", e);
    }
  }

  /** Of the frame at this offset: its length without the type. */
  private static int bodyLength(byte[] frames, int at) {
    return ByteBuffer.wrap(frames).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(at) - 4;
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }
}
