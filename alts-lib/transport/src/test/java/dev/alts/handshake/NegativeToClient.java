package dev.alts.handshake;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.alts.crypto.SmallOrderException;
import dev.alts.frame.Alert;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.NewTicket;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.RpcVersions;
import dev.alts.wire.handshake.v1.ServerInit;
import dev.alts.wire.handshake.v1.ServerParameters;
import dev.alts.wire.handshake.v1.Version;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** What a client must refuse from a server that holds real keys. */
final class NegativeToClient {
  private final TestWorld world;
  private final TestWorld.Party db;
  private final byte[] clientStaticPublic;
  private final Bytes clientInit;
  private final List<JsonObject> cases = new ArrayList<>();

  NegativeToClient(
      TestWorld world, TestWorld.Party db, byte[] clientStaticPublic, HandshakeVector full) {
    this.world = world;
    this.db = db;
    this.clientStaticPublic = clientStaticPublic;
    this.clientInit = full.frames("client").getFirst();
  }

  List<JsonObject> cases() {
    serverInit();
    serverParameters();
    serverFinished();
    identities();
    rejections();
    return cases;
  }

  private void serverInit() {
    init("version-2", i -> i.setVersion(2));
    init("version-missing", i -> i.clearVersion());
    init("random-31", i -> i.setRandom(zeros(31)));
    init("suite-unspecified", i -> i.setSuiteValue(0));
    init("suite-not-offered", i -> i.setSuiteValue(3));
    init("classical-with-ciphertext", i -> i.setSuiteValue(2));
    init("ephemeral-31", i -> i.setX25519Ephemeral(zeros(31)));
    init("ephemeral-missing", i -> i.clearX25519Ephemeral());
    init("ciphertext-missing", i -> i.clearMlkem768Ciphertext());
    init("ciphertext-1087", i -> i.setMlkem768Ciphertext(zeros(1087)));
    init("outcome-unspecified", i -> i.setOutcomeValue(0));
    init("outcome-9", i -> i.setOutcomeValue(9));
    init("resumed-without-an-offer", i -> i.setOutcome(Outcome.RESUMED_FORWARD_SECRET));
    init("symmetric-without-an-offer", i -> i.setOutcome(Outcome.RESUMED_SYMMETRIC));
    init("rejected-without-an-offer", i -> i.setOutcome(Outcome.RESUMPTION_REJECTED));
    for (int n = 0; n < LowOrderPoints.ALL.size(); n++) {
      ByteString point = ByteString.copyFrom(LowOrderPoints.ALL.get(n));
      add(
          "low-order-ephemeral-" + n,
          Alert.HANDSHAKE_FAILED,
          s -> s.serverInit = i -> i.setX25519Ephemeral(point));
    }
    add(
        "ciphertext-forged",
        Alert.HANDSHAKE_FAILED,
        s -> s.serverInit = i -> i.setMlkem768Ciphertext(zeros(1088)));
  }

  private void serverParameters() {
    parameters("credential-missing", p -> p.clearCredential());
    parameters("credential-empty", p -> p.setCredential(Credential.newBuilder()));
    parameters("chain-missing", p -> p.getCredentialBuilder().clearChain());
    parameters("record-protocol-not-offered", p -> p.setRecordProtocol("other"));
    parameters("record-protocol-missing", p -> p.clearRecordProtocol());
    parameters("application-protocol-not-offered", p -> p.setApplicationProtocol("http/1.1"));
    parameters("transport-protocol-not-offered", p -> p.setTransportProtocol("quic"));
    parameters("rpc-versions-missing", p -> p.clearRpcVersions());
    parameters("ticket-missing", p -> p.setNewTicket(NewTicket.newBuilder().setLifetimeSeconds(9)));
    parameters("lifetime-missing", p -> p.setNewTicket(NewTicket.newBuilder().setTicket(zeros(9))));
    parameters(
        "ticket-4097",
        p -> p.setNewTicket(NewTicket.newBuilder().setTicket(zeros(4097)).setLifetimeSeconds(9)));
    RpcVersions other =
        RpcVersions.newBuilder()
            .setMax(Version.newBuilder().setMajor(9))
            .setMin(Version.newBuilder().setMajor(9))
            .build();
    add(
        "rpc-versions-too-new",
        Alert.NO_COMMON_PARAMETERS,
        s -> s.parameters = p -> p.setRpcVersions(other));
  }

  private void serverFinished() {
    bad("sealed-empty", s -> s.sealed = b -> new byte[0]);
    bad("sealed-tag-alone", s -> s.sealed = b -> new byte[16]);
    bad("sealed-one-short", s -> s.sealed = b -> Arrays.copyOf(b, b.length - 1));
    add("sealed-forged", Alert.HANDSHAKE_FAILED, s -> s.sealed = b -> new byte[512 + 16]);
    bad("inner-length-beyond", s -> s.plaintext = b -> with(b, 1, 0x7f));
    bad("inner-length-negative", s -> s.plaintext = b -> with(b, 3, 0x80));
    bad("padding-not-zero", s -> s.plaintext = b -> with(b, b.length - 1, 1));
    bad("authenticator-missing", s -> s.finished = f -> f.clearAuthenticator());
    bad("authenticator-31", s -> s.finished = f -> f.setAuthenticator(zeros(31)));
    add(
        "authenticator-wrong",
        Alert.HANDSHAKE_FAILED,
        s -> s.finished = f -> f.setAuthenticator(zeros(32)));
  }

  private void identities() {
    TestWorld.Party mallory = world.party("/mallory");
    TestWorld.Party stolen = world.party(db.master, db.credential, mallory.x25519Private);
    from("key-not-certified", stolen, Alert.HANDSHAKE_FAILED);
    // Integrity alone, which the client's list begins with, from another boundary
    from(
        "integrity-alone-across",
        world.party(world.domain, "/shop/db", "dc2"),
        Alert.NO_COMMON_PARAMETERS);
    from("human-as-server", human(), Alert.NO_COMMON_PARAMETERS);
    add(
        human(),
        "human-as-server-encrypted",
        Alert.UNAUTHORIZED,
        s -> s.parameters = p -> p.setRecordProtocol("ALTSRP_GCM_AES128_REKEY"));
    add(
        world.party(world.foreign, "/shop/db", "dc1"),
        "server-of-a-foreign-domain",
        Alert.UNAUTHORIZED,
        s -> s.parameters = p -> p.setRecordProtocol("ALTSRP_GCM_AES128_REKEY"));
  }

  private TestWorld.Party human() {
    return world.party("/human/mallory");
  }

  private void rejections() {
    byte[] rejection =
        FrameType.SERVER_INIT.encode(
            ServerInit.newBuilder()
                .setVersion(1)
                .setRandom(zeros(32))
                .setSuiteValue(1)
                .setOutcome(Outcome.RESUMPTION_REJECTED)
                .build()
                .toByteArray());
    cases.add(
        NegativeCase.of(
            "lean",
            "to-client-byte-behind-rejection",
            "client",
            0,
            Bytes.copyOf(Arrays.copyOf(rejection, rejection.length + 1)),
            Alert.BAD_MESSAGE));
    cases.add(
        NegativeCase.of(
            "full", "to-client-own-message-reflected", "client", 0, clientInit, Alert.BAD_MESSAGE));
  }

  private void init(String name, Consumer<ServerInit.Builder> change) {
    bad("server-init-" + name, s -> s.serverInit = change);
  }

  private void parameters(String name, Consumer<ServerParameters.Builder> change) {
    bad("parameters-" + name, s -> s.parameters = change);
  }

  private void bad(String name, Consumer<EvilServer> misbehaviour) {
    add(name, Alert.BAD_MESSAGE, misbehaviour);
  }

  private void from(String name, TestWorld.Party server, Alert alert) {
    add(server, name, alert, s -> {});
  }

  private void add(String name, Alert alert, Consumer<EvilServer> misbehaviour) {
    add(db, name, alert, misbehaviour);
  }

  private void add(
      TestWorld.Party party, String name, Alert alert, Consumer<EvilServer> misbehaviour) {
    EvilServer server = new EvilServer(party, clientStaticPublic);
    misbehaviour.accept(server);
    try {
      cases.add(
          NegativeCase.of(
              "full", "to-client-" + name, "client", 0, server.answer(clientInit), alert));
    } catch (SmallOrderException e) {
      throw new IllegalStateException("our own client's ephemeral key is good", e);
    }
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
