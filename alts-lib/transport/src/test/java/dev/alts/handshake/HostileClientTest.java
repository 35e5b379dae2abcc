package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeStep.AwaitPeer;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import dev.alts.peer.PeerAuthorizer;
import dev.alts.peer.RecordPolicy;
import dev.alts.peer.RpcVersions;
import dev.alts.resumption.ClientTickets;
import dev.alts.testing.TestSvid;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.ResumptionOffer;
import dev.alts.wire.handshake.v1.Version;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A client that misbehaves, in each way that a message lets it, and the alert that it gets. */
@Tag("abuse-32")
class HostileClientTest {
  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");

  @Test
  void clientInitThatBreaksAFieldRuleIsABadMessage() {
    assertBad(init -> init.clearVersions());
    assertBad(init -> init.clearRandom());
    assertBad(init -> init.setRandom(zeros(31)));
    assertBad(init -> init.clearSuites());
    assertBad(init -> init.addSuitesValue(0));
    assertBad(init -> init.clearX25519Ephemeral());
    assertBad(init -> init.setX25519Ephemeral(zeros(33)));
    assertBad(init -> init.clearMlkem768EncapsulationKey());
    assertBad(init -> init.setMlkem768EncapsulationKey(zeros(1183)));
    // Coefficients out of range (FIPS 203)
    assertBad(init -> {
      byte[] key = new byte[1184];
      Arrays.fill(key, (byte) 0xff);
      init.setMlkem768EncapsulationKey(ByteString.copyFrom(key));
    });
    // The KEM key without its suite: a surplus field
    assertBad(init -> init.clearSuites().addSuitesValue(2));
    assertBad(init -> init.clearCredential());
    assertBad(init -> init.setCredential(Credential.newBuilder()));
    assertBad(init -> init.getCredentialBuilder().clearHandshakeCertificate());
    assertBad(init -> init.getCredentialBuilder().clearChain());
    assertBad(init -> init.clearRecordProtocols());
    assertBad(init -> init.clearApplicationProtocols());
  }

  @Test
  void offersThatBreakAFieldRuleAreBadMessages() {
    assertBad(init -> init.setResumption(ResumptionOffer.newBuilder().setTicket(zeros(9))));
    assertBad(init -> init.setResumption(ResumptionOffer.newBuilder().addModesValue(1)));
    assertBad(init -> init.setResumption(offer(zeros(9), 1, 0)));
    assertBad(init -> init.setResumption(offer(zeros(4097), 1)));
    // Symmetric alone: neither a credential nor ephemeral keys
    assertBad(init -> init.setResumption(offer(zeros(9), 2)));
    assertBad(init -> init.clearCredential().setResumption(offer(zeros(9), 2)));
  }

  @Test
  void listsAndNamesAreBounded() {
    assertBad(init -> init.addAllVersions(Collections.nCopies(17, 7)));
    assertBad(init -> init.addAllSuitesValue(Collections.nCopies(17, 7)));
    assertBad(init -> init.addAllRecordProtocols(Collections.nCopies(17, "x")));
    assertBad(init -> init.addAllApplicationProtocols(Collections.nCopies(17, "x")));
    assertBad(init -> init.addAllTransportProtocols(Collections.nCopies(17, "x")));
    assertBad(init -> init.addRecordProtocols(""));
    assertBad(init -> init.addApplicationProtocols("x".repeat(65)));
    assertBad(init -> init.addTransportProtocols("ü".repeat(33)));
  }

  @Test
  void unknownListValuesAndFieldsAreIgnored() throws AltsProtocolException {
    // The client's transcript will differ; the server alone goes on.
    assertThat(
            serverAfter(init ->
                init.addVersions(77)
                    .addSuitesValue(99)
                    .addRecordProtocols("ALTSRP_OTHER")
                    .addTransportProtocols("quic")))
        .isInstanceOf(Send.class);
  }

  @Test
  void nothingInCommonIsSaid() {
    assertAlert(Alert.UNSUPPORTED_VERSION, init -> init.clearVersions().addVersions(2));
    assertAlert(
        Alert.NO_COMMON_PARAMETERS,
        init -> init.clearSuites().addSuitesValue(99).clearMlkem768EncapsulationKey());
    assertAlert(
        Alert.NO_COMMON_PARAMETERS,
        init -> init.clearApplicationProtocols().addApplicationProtocols("http/1.1"));
    assertAlert(
        Alert.NO_COMMON_PARAMETERS,
        init -> init.clearRecordProtocols().addRecordProtocols("ALTSRP_OTHER"));
    assertAlert(Alert.NO_COMMON_PARAMETERS, init -> init.clearRpcVersions());
    assertAlert(
        Alert.NO_COMMON_PARAMETERS,
        init ->
            init.getRpcVersionsBuilder()
                .setMax(Version.newBuilder().setMajor(1))
                .setMin(Version.newBuilder()));
  }

  @Test
  void everyLowOrderPointAsEphemeralOrStaticKeyFails() {
    for (byte[] point : LowOrderPoints.ALL) {
      assertAlert(
          Alert.HANDSHAKE_FAILED, init -> init.setX25519Ephemeral(ByteString.copyFrom(point)));
      assertAlert(
          Alert.HANDSHAKE_FAILED,
          init -> init.setCredential(world.domain.credential(web.master, point)));
    }
  }

  @Test
  void everyFailureOfACredentialLooksTheSame() {
    TestSvid master = web.master;
    byte[] key = Crypto.best().x25519().publicKey(web.x25519Private);
    TestSvid notAMaster =
        world.domain.svid(
            "/web", world.domain.attributes("/web").withMayDelegate(false), request -> {});
    List<Credential> broken =
        List.of(
            world.domain.credential(
                master, key, body -> body.setSpiffeId("spiffe://example.org/x")),
            world.domain.credential(
                master, key, body -> body.setNotAfter(TestWorld.START.getEpochSecond() - 61)),
            world.domain.credential(
                master, key, body -> body.setNotBefore(TestWorld.START.getEpochSecond() + 61)),
            world.domain.credential(master, key, body -> body.setMasterSha256(zeros(32))),
            world.domain.credential(master, key, body -> body.setX25519PublicKey(zeros(31))),
            world.domain.credential(notAMaster, key),
            // A foreign CA that uses our name
            new TestWorld().party("/web").credential,
            web.credential.toBuilder().addChain(zeros(0)).build(),
            web.credential.toBuilder().addChain(web.credential.getChain(0)).build(),
            web.credential.toBuilder().clearChain().addChain(zeros(20_000)).build(),
            web.credential.toBuilder().setHandshakeCertificate(zeros(100)).build());
    for (Credential credential : broken) {
      assertAlert(Alert.HANDSHAKE_FAILED, init -> init.setCredential(credential));
    }
  }

  @Test
  @Tag("abuse-27")
  void frameHeadersThatMayNotBeAreRefusedAtOnce() {
    for (int length : new int[] {0, 1, 3, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 32_769}) {
      assertAlert(Alert.BAD_MESSAGE, header(length, 1));
    }
    for (int type : new int[] {0, 2, 3, 4, 6, 7, 0x101, 0x01000000, -1}) {
      assertAlert(Alert.BAD_MESSAGE, header(20, type));
    }
    assertAlert(Alert.BAD_MESSAGE, header(4, 5));
    assertAlert(Alert.BAD_MESSAGE, header(6, 5));
  }

  @Test
  void bodiesThatAreNoProtobufAreBadMessages() {
    byte[] nesting = new byte[30_000];
    Arrays.fill(nesting, (byte) 0x53);
    for (byte[] body : List.of(new byte[0], new byte[] {0x0f}, new byte[] {0x12, 0x7f}, nesting)) {
      assertAlert(Alert.BAD_MESSAGE, ByteBuffer.wrap(FrameType.CLIENT_INIT.encode(body)));
    }
    // Invalid UTF-8 in a name
    assertAlert(
        Alert.BAD_MESSAGE,
        ByteBuffer.wrap(FrameType.CLIENT_INIT.encode(new byte[] {0x3a, 0x02, (byte) 0xc3, 0x28})));
  }

  @Test
  @Tag("abuse-31")
  void aboveBudgetIsSaidBeforeAnyPublicKeyOperation() {
    ServerHandshaker server =
        new ServerHandshaker(
            // No provider is needed up to there.
            world.environment,
            new ServerHandshakeParameters(
                db.snapshot(), Negotiation.GRPC, PeerAuthorizer.anyAuthenticated(), () -> false));
    server.start();
    Bytes clientInit = clientInit(init -> {});

    assertAlert(Alert.OVERLOADED, server, clientInit.asByteBuffer());
  }

  @Test
  void malformedMessageIsNotChargedToTheBudget() {
    ServerHandshaker server =
        new ServerHandshaker(
            world.environment,
            new ServerHandshakeParameters(
                db.snapshot(),
                Negotiation.GRPC,
                PeerAuthorizer.anyAuthenticated(),
                () -> {
                  throw new AssertionError("asked for a malformed message");
                }));
    server.start();

    assertAlert(Alert.BAD_MESSAGE, server, clientInit(init -> init.clearRandom()).asByteBuffer());
  }

  @Test
  void clientFinishedIsExactlyOneAuthenticator() throws AltsProtocolException {
    List<UnaryOperator<byte[]>> changes =
        List.of(
            body -> Arrays.copyOf(body, body.length - 1),
            body -> Arrays.copyOf(body, body.length + 1),
            // The same message in another encoding, and with an unknown field
            body -> concat(new byte[] {0x0a, (byte) 0xa0, 0x00}, tail(body)),
            body -> concat(body, new byte[] {0x10, 0x01}),
            body -> new byte[0]);
    for (UnaryOperator<byte[]> change : changes) {
      ServerHandshaker server = world.server(db);
      byte[] finished = finishedFor(server);
      byte[] body = Arrays.copyOfRange(finished, 8, finished.length);
      assertAlert(
          Alert.BAD_MESSAGE,
          server,
          ByteBuffer.wrap(FrameType.CLIENT_FINISHED.encode(change.apply(body))));
    }
  }

  @Test
  @Tag("abuse-34")
  void wrongOrReplayedClientAuthenticatorFails() throws AltsProtocolException {
    ServerHandshaker first = world.server(db);
    byte[] replayed = finishedFor(first);
    ServerHandshaker second = world.server(db);
    finishedFor(second);

    assertAlert(Alert.HANDSHAKE_FAILED, second, ByteBuffer.wrap(replayed));
  }

  @Test
  void replayedClientInitNeverCompletes() throws AltsProtocolException {
    ClientHandshaker client = world.client(web);
    Bytes clientInit = ((Send) client.start()).flight();
    ServerHandshaker original = world.server(db);
    original.start();
    Bytes flight = ((Send) original.receive(clientInit.asByteBuffer())).flight();
    ServerHandshaker replayedTo = world.server(db);
    replayedTo.start();
    assertThat(replayedTo.receive(clientInit.asByteBuffer())).isInstanceOf(Send.class);
    ByteBuffer in = flight.asByteBuffer();
    client.receive(in);
    Bytes finished = ((HandshakeStep.Established) client.receive(in)).lastFlight();

    assertAlert(Alert.HANDSHAKE_FAILED, replayedTo, finished.asByteBuffer());
  }

  @Test
  void secondClientInitDataOrServersOwnFramesInsteadOfClientFinishedAreBadMessages()
      throws AltsProtocolException {
    for (FrameType type :
        List.of(
            FrameType.CLIENT_INIT,
            FrameType.SERVER_INIT,
            FrameType.SERVER_FINISHED,
            FrameType.RECORD)) {
      ServerHandshaker server = world.server(db);
      finishedFor(server);
      assertAlert(Alert.BAD_MESSAGE, server, ByteBuffer.wrap(type.encode(new byte[34])));
    }
  }

  @Test
  void unauthorizedClientLearnsItOnlyAfterItsAuthenticator() throws AltsProtocolException {
    ServerHandshaker server =
        world.server(db.snapshot(), Negotiation.GRPC, PeerAuthorizer.allow(db.snapshot().id()));
    byte[] finished = finishedFor(server);

    assertAlert(Alert.UNAUTHORIZED, server, ByteBuffer.wrap(finished));
  }

  @Test
  void credentialThatEndsDuringTheHandshakeIsExpired() throws AltsProtocolException {
    ServerHandshaker server = world.server(db);
    byte[] finished = finishedFor(server);
    world.clock.advance(Duration.ofSeconds(3000 + 61));

    assertAlert(Alert.CERTIFICATE_EXPIRED, server, ByteBuffer.wrap(finished));
  }

  @Test
  void credentialLastsToTheEndOfItsLastSecondAndTheSkew() throws AltsProtocolException {
    ServerHandshaker server = world.server(db);
    byte[] finished = finishedFor(server);
    world.clock.advance(Duration.ofSeconds(3000 + 60).plusMillis(999));

    assertThat(server.receive(ByteBuffer.wrap(finished)))
        .isInstanceOf(HandshakeStep.Established.class);
  }

  @Test
  void authorizerThatThrowsIsAnInternalErrorAndNoAccess() throws AltsProtocolException {
    ServerHandshaker server =
        world.server(
            db.snapshot(),
            Negotiation.GRPC,
            peer -> {
              throw new IllegalStateException("policy is broken");
            });
    byte[] finished = finishedFor(server);

    assertAlert(Alert.INTERNAL, server, ByteBuffer.wrap(finished));
  }

  @Test
  void rangesOfRpcVersionsMeetOrNot() {
    RpcVersions ours =
        new RpcVersions(new RpcVersions.Version(2, 1), new RpcVersions.Version(1, 9));
    assertThat(ours.overlaps(range(3, 0, 2, 1))).isTrue();
    assertThat(ours.overlaps(range(1, 9, 0, 0))).isTrue();
    assertThat(ours.overlaps(range(1, 8, 0, 0))).isFalse();
    assertThat(ours.overlaps(range(3, 0, 2, 2))).isFalse();
    assertThat(ours.overlaps(range(-1, -1, 2, 1))).isTrue();
  }

  @Test
  void ownPolicyThatLeavesNothingEndsTheClientBeforeItSends() {
    ClientHandshaker client =
        world.client(
            web.builder.recordPolicy(new RecordPolicy(List.of("ALTSRP_GMAC_128"), true)).build(),
            Negotiation.GRPC,
            ClientTickets.none());

    assertThatThrownBy(client::start)
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).contains(Alert.NO_COMMON_PARAMETERS));
  }

  private static RpcVersions range(int maxMajor, int maxMinor, int minMajor, int minMinor) {
    return new RpcVersions(
        new RpcVersions.Version(maxMajor, maxMinor), new RpcVersions.Version(minMajor, minMinor));
  }

  /** Brings the server to where it waits for ClientFinished, and returns the right one. */
  private byte[] finishedFor(ServerHandshaker server) throws AltsProtocolException {
    server.start();
    ClientHandshaker client = world.client(web);
    Bytes flight =
        ((Send) server.receive(((Send) client.start()).flight().asByteBuffer())).flight();
    ByteBuffer in = flight.asByteBuffer();
    client.receive(in);
    return ((HandshakeStep.Established) client.receive(in)).lastFlight().toByteArray();
  }

  private HandshakeStep serverAfter(Consumer<ClientInit.Builder> change)
      throws AltsProtocolException {
    ServerHandshaker server = world.server(db);
    server.start();
    return server.receive(clientInit(change).asByteBuffer());
  }

  private Bytes clientInit(Consumer<ClientInit.Builder> change) {
    try {
      byte[] frame = ((Send) world.client(web).start()).flight().toByteArray();
      ClientInit.Builder init =
          ClientInit.parseFrom(Arrays.copyOfRange(frame, 8, frame.length)).toBuilder();
      change.accept(init);
      return Bytes.copyOf(FrameType.CLIENT_INIT.encode(init.build().toByteArray()));
    } catch (AltsProtocolException | InvalidProtocolBufferException e) {
      throw new IllegalStateException("our own client's message", e);
    }
  }

  private void assertBad(Consumer<ClientInit.Builder> change) {
    assertAlert(Alert.BAD_MESSAGE, change);
  }

  private void assertAlert(Alert expected, Consumer<ClientInit.Builder> change) {
    assertAlert(expected, clientInit(change).asByteBuffer());
  }

  private void assertAlert(Alert expected, ByteBuffer in) {
    ServerHandshaker server = world.server(db);
    server.start();
    assertAlert(expected, server, in);
  }

  private static void assertAlert(Alert expected, ServerHandshaker server, ByteBuffer in) {
    assertThatThrownBy(
            () -> {
              while (in.hasRemaining()) {
                assertThat(server.receive(in)).isInstanceOf(AwaitPeer.class);
              }
            })
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).as(e.getMessage()).contains(expected));
  }

  private static ResumptionOffer.Builder offer(ByteString ticket, Integer... modes) {
    return ResumptionOffer.newBuilder().setTicket(ticket).addAllModesValue(List.of(modes));
  }

  private static ByteBuffer header(int length, int type) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putInt(length).putInt(type).flip();
  }

  private static byte[] tail(byte[] body) {
    return Arrays.copyOfRange(body, 2, body.length);
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
