package dev.alts.handshake;

import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.alts.frame.Alert;
import dev.alts.frame.FrameType;
import dev.alts.identity.Bytes;
import dev.alts.wire.handshake.v1.ClientInit;
import dev.alts.wire.handshake.v1.Credential;
import dev.alts.wire.handshake.v1.ResumptionOffer;
import dev.alts.wire.handshake.v1.Version;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** What a server must refuse: frames, each field of ClientInit, credentials, ClientFinished. */
final class NegativeToServer {
  private final TestWorld world;
  private final TestWorld.Party web;
  private final HandshakeVector full;
  private final HandshakeVector lean;
  private final List<JsonObject> cases = new ArrayList<>();

  NegativeToServer(
      TestWorld world, TestWorld.Party web, HandshakeVector full, HandshakeVector lean) {
    this.world = world;
    this.web = web;
    this.full = full;
    this.lean = lean;
  }

  List<JsonObject> cases() {
    headers();
    fields();
    offers();
    nothingInCommon();
    credentials();
    clientFinished();
    return cases;
  }

  private void headers() {
    for (int length : new int[] {0, 3, -1, Integer.MAX_VALUE, 32_769}) {
      raw("header-length-" + Integer.toUnsignedString(length), header(length, 1));
    }
    for (int type : new int[] {0, 2, 3, 4, 6, 7, 0x101, 0x01000000}) {
      raw("header-type-" + type, header(20, type));
    }
    raw("alert-without-number", header(4, 5));
    raw("client-init-empty", FrameType.CLIENT_INIT.encode(new byte[0]));
    raw("client-init-no-protobuf", FrameType.CLIENT_INIT.encode(new byte[] {0x0f}));
    raw("client-init-truncated-field", FrameType.CLIENT_INIT.encode(new byte[] {0x12, 0x7f}));
    raw(
        "client-init-invalid-utf8",
        FrameType.CLIENT_INIT.encode(new byte[] {0x3a, 0x02, (byte) 0xc3, 0x28}));
    cases.add(
        with(
            NegativeCase.of("full", "above-budget", "server", 0, init(), Alert.OVERLOADED),
            "above_budget",
            true));
  }

  private void fields() {
    bad("versions-missing", init -> init.clearVersions());
    bad("versions-17", init -> init.addAllVersions(Collections.nCopies(17, 7)));
    bad("random-missing", init -> init.clearRandom());
    bad("random-31", init -> init.setRandom(zeros(31)));
    bad("random-33", init -> init.setRandom(zeros(33)));
    bad("suites-missing", init -> init.clearSuites());
    bad("suites-unspecified", init -> init.addSuitesValue(0));
    bad("suites-17", init -> init.addAllSuitesValue(Collections.nCopies(17, 7)));
    bad("ephemeral-missing", init -> init.clearX25519Ephemeral());
    bad("ephemeral-33", init -> init.setX25519Ephemeral(zeros(33)));
    bad("kem-key-missing", init -> init.clearMlkem768EncapsulationKey());
    bad("kem-key-1183", init -> init.setMlkem768EncapsulationKey(zeros(1183)));
    bad("kem-key-out-of-range", init -> init.setMlkem768EncapsulationKey(ones(1184)));
    bad("kem-key-without-its-suite", init -> init.clearSuites().addSuitesValue(2));
    bad("credential-missing", init -> init.clearCredential());
    bad("credential-empty", init -> init.setCredential(Credential.newBuilder()));
    bad(
        "handshake-certificate-missing",
        init -> init.getCredentialBuilder().clearHandshakeCertificate());
    bad("chain-missing", init -> init.getCredentialBuilder().clearChain());
    bad("record-protocols-missing", init -> init.clearRecordProtocols());
    bad("application-protocols-missing", init -> init.clearApplicationProtocols());
    bad(
        "application-protocols-17",
        init -> init.addAllApplicationProtocols(Collections.nCopies(17, "x")));
    bad("record-protocol-empty", init -> init.addRecordProtocols(""));
    bad("application-protocol-65", init -> init.addApplicationProtocols("x".repeat(65)));
    bad("transport-protocol-66", init -> init.addTransportProtocols("\u00fc".repeat(33)));
  }

  private void offers() {
    bad("offer-without-modes", init -> init.setResumption(offer(zeros(9))));
    bad("offer-without-ticket", init -> init.setResumption(offer(ByteString.EMPTY, 1)));
    bad("offer-mode-unspecified", init -> init.setResumption(offer(zeros(9), 1, 0)));
    bad("offer-ticket-4097", init -> init.setResumption(offer(zeros(4097), 1)));
    bad("symmetric-with-credential", init -> init.setResumption(offer(zeros(9), 2)));
    bad(
        "symmetric-with-ephemeral",
        init -> init.clearCredential().setResumption(offer(zeros(9), 2)));
    Bytes second = lean.frames("client").getFirst();
    cases.add(NegativeCase.of("lean", "second-lean-offer", "server", 1, second, Alert.BAD_MESSAGE));
    Bytes full =
        changed(lean.frames("client").get(1), init -> init.setResumption(offer(zeros(9), 1)));
    cases.add(
        NegativeCase.of("lean", "offer-after-rejection", "server", 1, full, Alert.BAD_MESSAGE));
  }

  private void nothingInCommon() {
    refused(
        "version-2-only", Alert.UNSUPPORTED_VERSION, init -> init.clearVersions().addVersions(2));
    refused(
        "suite-99-only",
        Alert.NO_COMMON_PARAMETERS,
        init -> init.clearSuites().addSuitesValue(99).clearMlkem768EncapsulationKey());
    refused(
        "application-protocol-other",
        Alert.NO_COMMON_PARAMETERS,
        init -> init.clearApplicationProtocols().addApplicationProtocols("http/1.1"));
    refused(
        "record-protocol-other",
        Alert.NO_COMMON_PARAMETERS,
        init -> init.clearRecordProtocols().addRecordProtocols("ALTSRP_OTHER"));
    refused("rpc-versions-missing", Alert.NO_COMMON_PARAMETERS, init -> init.clearRpcVersions());
    refused(
        "rpc-versions-too-old",
        Alert.NO_COMMON_PARAMETERS,
        init ->
            init.getRpcVersionsBuilder()
                .setMax(Version.newBuilder().setMajor(1))
                .setMin(Version.newBuilder()));
  }

  private void credentials() {
    BrokenCredentials.of(world, web)
        .forEach((name, credential) ->
            refused(name, Alert.HANDSHAKE_FAILED, init -> init.setCredential(credential)));
    for (int i = 0; i < LowOrderPoints.ALL.size(); i++) {
      ByteString point = ByteString.copyFrom(LowOrderPoints.ALL.get(i));
      refused(
          "low-order-ephemeral-" + i,
          Alert.HANDSHAKE_FAILED,
          init -> init.setX25519Ephemeral(point));
    }
  }

  private void clientFinished() {
    byte[] frame = full.frames("client").getLast().toByteArray();
    byte[] body = Arrays.copyOfRange(frame, 8, frame.length);
    finished("client-finished-short", Alert.BAD_MESSAGE, Arrays.copyOf(body, body.length - 1));
    finished("client-finished-long", Alert.BAD_MESSAGE, Arrays.copyOf(body, body.length + 1));
    finished("client-finished-empty", Alert.BAD_MESSAGE, new byte[0]);
    byte[] longer = new byte[body.length + 1];
    // The same message with its length in two bytes
    longer[0] = 0x0a;
    longer[1] = (byte) 0xa0;
    System.arraycopy(body, 2, longer, 3, body.length - 2);
    finished("client-finished-other-encoding", Alert.BAD_MESSAGE, longer);
    byte[] forged = body.clone();
    forged[body.length - 1] ^= 1;
    finished("client-finished-forged", Alert.HANDSHAKE_FAILED, forged);
    for (FrameType type : List.of(FrameType.CLIENT_INIT, FrameType.SERVER_INIT, FrameType.RECORD)) {
      cases.add(
          NegativeCase.of(
              "full",
              "instead-of-client-finished-" + type.number(),
              "server",
              1,
              Bytes.copyOf(type.encode(new byte[34])),
              Alert.BAD_MESSAGE));
    }
    Bytes good = Bytes.copyOf(frame);
    cases.add(
        with(
            NegativeCase.of("full", "client-not-authorized", "server", 1, good, Alert.UNAUTHORIZED),
            "allowed_client",
            "spiffe://example.org/shop/db"));
    JsonObject late =
        NegativeCase.of(
            "full", "client-ended-meanwhile", "server", 1, good, Alert.CERTIFICATE_EXPIRED);
    late.addProperty("seconds_later", 3061);
    cases.add(late);
  }

  private void raw(String name, byte[] bytes) {
    cases.add(NegativeCase.of("full", name, "server", 0, Bytes.copyOf(bytes), Alert.BAD_MESSAGE));
  }

  private void bad(String name, Consumer<ClientInit.Builder> change) {
    refused(name, Alert.BAD_MESSAGE, change);
  }

  private void refused(String name, Alert alert, Consumer<ClientInit.Builder> change) {
    cases.add(NegativeCase.of("full", name, "server", 0, changed(init(), change), alert));
  }

  private void finished(String name, Alert alert, byte[] body) {
    cases.add(
        NegativeCase.of(
            "full",
            name,
            "server",
            1,
            Bytes.copyOf(FrameType.CLIENT_FINISHED.encode(body)),
            alert));
  }

  private Bytes init() {
    return full.frames("client").getFirst();
  }

  private static Bytes changed(Bytes clientInit, Consumer<ClientInit.Builder> change) {
    byte[] frame = clientInit.toByteArray();
    try {
      ClientInit.Builder init =
          ClientInit.parseFrom(Arrays.copyOfRange(frame, 8, frame.length)).toBuilder();
      change.accept(init);
      return Bytes.copyOf(FrameType.CLIENT_INIT.encode(init.build().toByteArray()));
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("our own client's message", e);
    }
  }

  private static JsonObject with(JsonObject json, String member, boolean value) {
    json.addProperty(member, value);
    return json;
  }

  private static JsonObject with(JsonObject json, String member, String value) {
    json.addProperty(member, value);
    return json;
  }

  private static ResumptionOffer.Builder offer(ByteString ticket, Integer... modes) {
    return ResumptionOffer.newBuilder().setTicket(ticket).addAllModesValue(List.of(modes));
  }

  private static byte[] header(int length, int type) {
    return ByteBuffer.allocate(8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(length)
        .putInt(type)
        .array();
  }

  private static ByteString zeros(int length) {
    return ByteString.copyFrom(new byte[length]);
  }

  private static ByteString ones(int length) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0xff);
    return ByteString.copyFrom(bytes);
  }
}
