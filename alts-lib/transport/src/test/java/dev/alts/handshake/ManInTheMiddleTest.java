package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import dev.alts.resumption.ResumptionOffer;
import dev.alts.testing.TestSvid;
import dev.alts.wire.handshake.v1.ClientInit;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Downgrade, splicing and impersonation by one who sits on the wire or holds somebody's keys. */
@Tag("abuse-32")
class ManInTheMiddleTest {
  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");

  @Test
  void whateverIsTakenFromOrAddedToClientInitTheClientNotices() throws Exception {
    List<Consumer<ClientInit.Builder>> changes =
        List.of(
            init -> init.clearSuites().addSuitesValue(2).clearMlkem768EncapsulationKey(),
            init -> init.clearRecordProtocols().addRecordProtocols("ALTSRP_GMAC_128"),
            init -> init.clearRecordProtocols().addRecordProtocols("ALTSRP_GCM_AES128_REKEY"),
            init -> init.addTransportProtocols("quic"),
            init -> init.addVersions(9),
            init -> init.setMaxFrameSize(16_384),
            init -> init.getRpcVersionsBuilder().getMinBuilder().setMajor(1),
            init -> init.setRandom(ByteString.copyFrom(new byte[32])),
            init -> init.setCredential(world.party("/mallory").credential),
            init ->
                init.setUnknownFields(
                    UnknownFieldSet.newBuilder()
                        .addField(99, UnknownFieldSet.Field.newBuilder().addVarint(1).build())
                        .build()),
            // X25519 ignores this bit, the transcript does not.
            init -> init.setX25519Ephemeral(withHighBit(init.getX25519Ephemeral())));
    for (Consumer<ClientInit.Builder> change : changes) {
      ClientHandshaker client = world.client(web);
      Bytes sent = ((Send) client.start()).flight();
      ServerHandshaker server = world.server(db);
      server.start();
      Send answer = (Send) server.receive(changed(sent, change));

      assertFailed(client, answer.flight());
    }
  }

  @Test
  void sameMessageInAnotherEncodingIsNotTheSame() throws Exception {
    ClientHandshaker client = world.client(web);
    byte[] frame = ((Send) client.start()).flight().toByteArray();
    byte[] body = Arrays.copyOfRange(frame, 8, frame.length);
    // max_frame_size once more, with the same value
    byte[] longer = Arrays.copyOf(body, body.length + 4);
    System.arraycopy(new byte[] {0x50, (byte) 0x80, (byte) 0x80, 0x08}, 0, longer, body.length, 4);
    ServerHandshaker server = world.server(db);
    server.start();
    Send answer = (Send) server.receive(ByteBuffer.wrap(FrameType.CLIENT_INIT.encode(longer)));

    assertFailed(client, answer.flight());
  }

  @Test
  void flightOfAnotherHandshakeIsRefused() throws AltsProtocolException {
    ClientHandshaker one = world.client(web);
    ClientHandshaker other = world.client(web);
    one.start();
    ServerHandshaker server = world.server(db);
    server.start();
    Send forOther = (Send) server.receive(((Send) other.start()).flight().asByteBuffer());

    assertFailed(one, forOther.flight());
  }

  @Test
  void resumedFlightSplicedIntoAFullHandshakeIsRefused() throws AltsProtocolException {
    RecordingTickets tickets = new RecordingTickets(new ResumptionOffer.None());
    TestWorld.run(world.client(web.snapshot(), Negotiation.GRPC, tickets), world.server(db));
    ClientHandshaker resuming =
        world.client(
            web.snapshot(),
            Negotiation.GRPC,
            new RecordingTickets(new ResumptionOffer.Full(tickets.stored().getLast())));
    ServerHandshaker server = world.server(db);
    server.start();
    Send resumedFlight = (Send) server.receive(((Send) resuming.start()).flight().asByteBuffer());
    ClientHandshaker full = world.client(web);
    full.start();

    assertThatThrownBy(() -> receiveAll(full, resumedFlight.flight()))
        .isInstanceOfSatisfying(
            AltsProtocolException.class, e -> assertThat(e.alert()).contains(Alert.BAD_MESSAGE));
  }

  @Test
  void clientThatShowsAnothersCertificateCannotGoOn() throws AltsProtocolException {
    // The credential of web, replayed, with a key of one's own.
    TestWorld.Party mallory =
        world.party(web.master, web.credential, world.party("/mallory").x25519Private);
    ClientHandshaker client = world.client(mallory);
    ServerHandshaker server = world.server(db);
    server.start();
    Send flight = (Send) server.receive(((Send) client.start()).flight().asByteBuffer());

    assertFailed(client, flight.flight());
  }

  @Test
  void keyCertifiedUnderTwoIdentitiesGivesSessionsOfTheOneThatWasShown()
      throws AltsProtocolException {
    TestWorld.Party twin = twinOf(web);

    HandshakePair pair = TestWorld.run(world.client(twin), world.server(db));

    assertThat(pair.serverResult().peer().id()).hasToString("spiffe://example.org/twin");
  }

  @Test
  void stolenServerKeyDoesNotLetOnePlayAClientToThatServer() throws AltsProtocolException {
    // KCI: mallory holds db's static key and shows web's certificate to db.
    TestWorld.Party mallory = world.party(web.master, web.credential, db.x25519Private);
    ClientHandshaker client = world.client(mallory);
    ServerHandshaker server = world.server(db);
    server.start();
    Send flight = (Send) server.receive(((Send) client.start()).flight().asByteBuffer());

    assertFailed(client, flight.flight());
  }

  @Test
  void stolenClientKeyDoesNotLetOnePlayAServerToThatClient() throws Exception {
    // KCI: mallory holds web's static key and shows db's certificate to web.
    TestWorld.Party mallory = world.party(db.master, db.credential, web.x25519Private);
    ClientHandshaker client = world.client(web);
    Bytes clientInit = ((Send) client.start()).flight();
    EvilServer server =
        new EvilServer(mallory, Crypto.best().x25519().publicKey(web.x25519Private));

    assertFailed(client, server.answer(clientInit));
  }

  private TestWorld.Party twinOf(TestWorld.Party original) {
    TestSvid master = world.domain.master("/twin");
    return world.party(
        master,
        world.domain.credential(master, Crypto.best().x25519().publicKey(original.x25519Private)),
        original.x25519Private);
  }

  private static void assertFailed(ClientHandshaker client, Bytes flight) {
    assertThatThrownBy(() -> receiveAll(client, flight))
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).as(e.getMessage()).contains(Alert.HANDSHAKE_FAILED));
  }

  private static void receiveAll(ClientHandshaker client, Bytes flight)
      throws AltsProtocolException {
    ByteBuffer in = flight.asByteBuffer();
    while (in.hasRemaining()) {
      assertThat(client.receive(in)).isInstanceOf(HandshakeStep.AwaitPeer.class);
    }
  }

  private static ByteBuffer changed(Bytes frame, Consumer<ClientInit.Builder> change)
      throws InvalidProtocolBufferException {
    byte[] all = frame.toByteArray();
    ClientInit.Builder init =
        ClientInit.parseFrom(Arrays.copyOfRange(all, 8, all.length)).toBuilder();
    change.accept(init);
    return ByteBuffer.wrap(FrameType.CLIENT_INIT.encode(init.build().toByteArray()));
  }

  private static ByteString withHighBit(ByteString key) {
    byte[] bytes = key.toByteArray();
    bytes[31] ^= (byte) 0x80;
    return ByteString.copyFrom(bytes);
  }
}
