package dev.alts.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.alts.crypto.Crypto;
import dev.alts.frame.Alert;
import dev.alts.frame.AltsProtocolException;
import dev.alts.frame.FrameType;
import dev.alts.handshake.HandshakeStep.Established;
import dev.alts.handshake.HandshakeStep.Send;
import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.NewTicket;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.RpcVersions;
import dev.alts.wire.handshake.v1.Version;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server that misbehaves, in each way that a message lets it, and the alert that it gets. */
@Tag("abuse-32")
class HostileServerTest {
  private final TestWorld world = new TestWorld();
  private final TestWorld.Party web = world.party("/web");
  private final TestWorld.Party db = world.party("/db");

  @Test
  void evilServerThatBehavesIsAccepted() throws Exception {
    ClientHandshaker client = world.client(web);
    Bytes clientInit = ((Send) client.start()).flight();
    ByteBuffer in = evil(server -> {}).answer(clientInit).asByteBuffer();
    client.receive(in);

    assertThat(client.receive(in)).isInstanceOf(Established.class);
  }

  @Test
  void serverInitThatBreaksAFieldRuleIsABadMessage() {
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setVersion(2));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.clearVersion());
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setRandom(zeros(31)));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setRandom(zeros(33)));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setSuiteValue(0));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setSuiteValue(3));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setX25519Ephemeral(zeros(31)));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.clearX25519Ephemeral());
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.clearMlkem768Ciphertext());
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setMlkem768Ciphertext(zeros(1087)));
    // The classical suite with a ciphertext: a surplus field.
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setSuiteValue(2));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setOutcomeValue(0));
    assertAlert(Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setOutcomeValue(9));
    assertAlert(
        Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setOutcome(Outcome.RESUMED_FORWARD_SECRET));
    assertAlert(
        Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setOutcome(Outcome.RESUMED_SYMMETRIC));
    assertAlert(
        Alert.BAD_MESSAGE, s -> s.serverInit = i -> i.setOutcome(Outcome.RESUMPTION_REJECTED));
  }

  @Test
  void everyLowOrderPointAsEphemeralKeyFails() {
    for (byte[] point : LowOrderPoints.ALL) {
      assertAlert(
          Alert.HANDSHAKE_FAILED,
          s -> s.serverInit = i -> i.setX25519Ephemeral(ByteString.copyFrom(point)));
    }
  }

  @Test
  void forgedCiphertextFails() {
    assertAlert(
        Alert.HANDSHAKE_FAILED, s -> s.serverInit = i -> i.setMlkem768Ciphertext(zeros(1088)));
  }

  @Test
  void serverParametersThatBreakAFieldRuleAreABadMessage() {
    assertAlert(Alert.BAD_MESSAGE, s -> s.parameters = p -> p.clearCredential());
    assertAlert(
        Alert.BAD_MESSAGE, s -> s.parameters = p -> p.setCredential(Credential.newBuilder()));
    assertAlert(Alert.BAD_MESSAGE, s -> s.parameters = p -> p.getCredentialBuilder().clearChain());
    assertAlert(Alert.BAD_MESSAGE, s -> s.parameters = p -> p.setRecordProtocol("other"));
    assertAlert(Alert.BAD_MESSAGE, s -> s.parameters = p -> p.clearRecordProtocol());
    assertAlert(Alert.BAD_MESSAGE, s -> s.parameters = p -> p.setApplicationProtocol("http/1.1"));
    assertAlert(Alert.BAD_MESSAGE, s -> s.parameters = p -> p.setTransportProtocol("quic"));
    assertAlert(Alert.BAD_MESSAGE, s -> s.parameters = p -> p.clearRpcVersions());
    assertAlert(
        Alert.BAD_MESSAGE,
        s -> s.parameters = p -> p.setNewTicket(NewTicket.newBuilder().setLifetimeSeconds(9)));
    assertAlert(
        Alert.BAD_MESSAGE,
        s -> s.parameters = p -> p.setNewTicket(NewTicket.newBuilder().setTicket(zeros(9))));
    assertAlert(
        Alert.BAD_MESSAGE,
        s ->
            s.parameters =
                p ->
                    p.setNewTicket(
                        NewTicket.newBuilder().setTicket(zeros(4097)).setLifetimeSeconds(9)));
  }

  @Test
  void sealedParametersOfAWrongShapeAreABadMessageAndForgedOnesFail() {
    assertAlert(Alert.BAD_MESSAGE, s -> s.sealed = b -> new byte[0]);
    assertAlert(Alert.BAD_MESSAGE, s -> s.sealed = b -> new byte[16]);
    assertAlert(Alert.BAD_MESSAGE, s -> s.sealed = b -> Arrays.copyOf(b, b.length - 1));
    assertAlert(Alert.HANDSHAKE_FAILED, s -> s.sealed = b -> new byte[512 + 16]);
    // Inner length beyond the plaintext, negative, non-zero filling
    assertAlert(Alert.BAD_MESSAGE, s -> s.plaintext = b -> with(b, 1, 0x7f));
    assertAlert(Alert.BAD_MESSAGE, s -> s.plaintext = b -> with(b, 3, 0x80));
    assertAlert(Alert.BAD_MESSAGE, s -> s.plaintext = b -> with(b, b.length - 1, 1));
    assertAlert(Alert.BAD_MESSAGE, s -> s.finished = f -> f.clearAuthenticator());
    assertAlert(Alert.BAD_MESSAGE, s -> s.finished = f -> f.setAuthenticator(zeros(31)));
  }

  @Test
  void anyPositiveMultipleIsAnAcceptedPadding() throws Exception {
    ClientHandshaker client = world.client(web);
    Bytes clientInit = ((Send) client.start()).flight();
    ByteBuffer in =
        evil(s -> s.plaintext = b -> Arrays.copyOf(b, b.length + 1024))
            .answer(clientInit)
            .asByteBuffer();
    client.receive(in);

    assertThat(client.receive(in)).isInstanceOf(Established.class);
  }

  @Test
  @Tag("abuse-34")
  void wrongAuthenticatorFailsEvenIfAllElseIsRight() {
    assertAlert(Alert.HANDSHAKE_FAILED, s -> s.finished = f -> f.setAuthenticator(zeros(32)));
  }

  @Test
  void authenticatedServerThatPicksWhatWeMayNotUseIsToldSo() {
    RpcVersions other =
        RpcVersions.newBuilder()
            .setMax(Version.newBuilder().setMajor(9))
            .setMin(Version.newBuilder().setMajor(9))
            .build();
    assertAlert(Alert.NO_COMMON_PARAMETERS, s -> s.parameters = p -> p.setRpcVersions(other));
    // Integrity alone with a server of another boundary
    TestWorld.Party elsewhere = world.party(world.domain, "/db", "dc2");
    assertAlert(
        Alert.NO_COMMON_PARAMETERS,
        new EvilServer(elsewhere, Crypto.best().x25519().publicKey(web.x25519Private)));
  }

  @Test
  void serverWhoseKeyIsNotTheOneCertifiedFails() {
    // UKS: the credential of db, the key of somebody else.
    TestWorld.Party mallory = world.party("/mallory");
    TestWorld.Party stolen = world.party(db.master, db.credential, mallory.x25519Private);

    assertAlert(
        Alert.HANDSHAKE_FAILED,
        new EvilServer(stolen, Crypto.best().x25519().publicKey(web.x25519Private)));
  }

  @Test
  void serverThatDoesNotKnowTheClientsKeyCannotEvenShowItsParameters() {
    assertAlert(
        Alert.HANDSHAKE_FAILED,
        new EvilServer(db, Crypto.best().x25519().publicKey(db.x25519Private)));
  }

  @Test
  void framesOutOfTurnAreBadMessages() throws Exception {
    for (FrameType type : FrameType.values()) {
      if (type == FrameType.SERVER_INIT || type == FrameType.ALERT) {
        continue;
      }
      ClientHandshaker client = world.client(web);
      client.start();
      assertAlert(Alert.BAD_MESSAGE, client, ByteBuffer.wrap(type.encode(new byte[1])));
    }
    // Reflection: the client's own message comes back.
    ClientHandshaker reflected = world.client(web);
    Bytes own = ((Send) reflected.start()).flight();
    assertAlert(Alert.BAD_MESSAGE, reflected, own.asByteBuffer());
    // ServerInit twice
    ClientHandshaker twice = world.client(web);
    Bytes clientInit = ((Send) twice.start()).flight();
    ByteBuffer in = evil(s -> {}).answer(clientInit).asByteBuffer();
    twice.receive(in);
    in.position(0);
    assertAlert(Alert.BAD_MESSAGE, twice, in);
  }

  @Test
  void peersAlertEndsTheHandshakeWithoutAnAnswerWhateverItsNumber() throws Exception {
    for (int number : new int[] {0, 1, 9, 10, 255}) {
      ClientHandshaker client = world.client(web);
      client.start();
      ByteBuffer alert = ByteBuffer.wrap(FrameType.ALERT.encode(new byte[] {(byte) number}));
      assertThatThrownBy(() -> client.receive(alert))
          .isInstanceOfSatisfying(
              AltsProtocolException.class,
              e -> {
                assertThat(e.alertFrame()).isEmpty();
                assertThat(e.receivedAlert()).isEqualTo(number);
              });
    }
  }

  private void assertAlert(Alert expected, Consumer<EvilServer> misbehaviour) {
    assertAlert(expected, evil(misbehaviour));
  }

  private void assertAlert(Alert expected, EvilServer server) {
    ClientHandshaker client = world.client(web);
    try {
      Bytes clientInit = ((Send) client.start()).flight();
      assertAlert(expected, client, server.answer(clientInit).asByteBuffer());
    } catch (Exception e) {
      throw new IllegalStateException("test's own doing", e);
    }
  }

  private static void assertAlert(Alert expected, ClientHandshaker client, ByteBuffer in) {
    assertThatThrownBy(
            () -> {
              while (in.hasRemaining()) {
                assertThat(client.receive(in)).isInstanceOf(HandshakeStep.AwaitPeer.class);
              }
            })
        .isInstanceOfSatisfying(
            AltsProtocolException.class,
            e -> assertThat(e.alert()).as(e.getMessage()).contains(expected));
  }

  private EvilServer evil(Consumer<EvilServer> misbehaviour) {
    EvilServer server = new EvilServer(db, Crypto.best().x25519().publicKey(web.x25519Private));
    misbehaviour.accept(server);
    return server;
  }

  private static byte[] with(byte[] bytes, int index, int value) {
    byte[] changed = bytes.clone();
    changed[index] = (byte) value;
    return changed;
  }

  private static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }
}
