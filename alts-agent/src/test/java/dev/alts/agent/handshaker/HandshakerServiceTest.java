package dev.alts.agent.handshaker;

import static dev.alts.agent.handshaker.HandshakeCall.clientStart;
import static dev.alts.agent.handshaker.HandshakeCall.identity;
import static dev.alts.agent.handshaker.HandshakeCall.serverStart;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.alts.agent.fake.FakeCa;
import dev.alts.agent.fake.Poll;
import dev.alts.agent.fake.RunningAgent;
import dev.alts.agent.handshaker.Relay.Met;
import dev.alts.api.credentials.v1.ResumptionKey;
import dev.alts.api.handshaker.HandshakeProtocol;
import dev.alts.api.handshaker.HandshakerReq;
import dev.alts.api.handshaker.HandshakerResp;
import dev.alts.api.handshaker.ServerHandshakeParameters;
import dev.alts.api.handshaker.StartClientHandshakeReq;
import dev.alts.api.machine.v1.WatchResponse;
import dev.alts.api.policy.v1.RecordPolicy;
import dev.alts.testing.TestTrustDomain;
import dev.alts.wire.handshake.v1.NamingEntry;
import dev.alts.wire.handshake.v1.NamingMode;
import dev.alts.wire.handshake.v1.Outcome;
import dev.alts.wire.handshake.v1.RevocationEntry;
import dev.alts.wire.handshake.v1.RevokedSubject;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The handshaker as a stack sees it, and as a caller does who means no good. */
@Timeout(120)
class HandshakerServiceTest {
  private static final String WEB = "spiffe://demo.alts/demo/web";
  private static final String OTHER = "spiffe://demo.alts/demo/other";
  private static final String GMAC = "ALTSRP_GMAC_128";
  private static final String REKEY = "ALTSRP_GCM_AES128_REKEY";

  @TempDir Path directory;
  private final TestTrustDomain domain = TestTrustDomain.of("demo.alts", Instant.now());
  private FakeCa ca;
  private RunningAgent agent;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws Exception {
    ca = FakeCa.of(domain);
    ca.rules =
        List.of(
            new FakeCa.Rule("first", facts -> true, "/demo/web", ""),
            new FakeCa.Rule("second", facts -> true, "/demo/other", ""));
    long now = Instant.now().getEpochSecond();
    ca.resumptionKeys =
        List.of(
            ResumptionKey.newBuilder()
                .setKey(ByteString.copyFrom(new byte[32]))
                .setGeneration(1)
                .setCreatedAt(now - 60)
                .setSealsUntil(now + 3_600)
                .setOpensUntil(now + 7_200)
                .build());
    agent = RunningAgent.start(RunningAgent.config(directory, ca.address(), ca.mintToken()));
    channel = agent.connect();
  }

  @AfterEach
  void stop() {
    agent.close();
    ca.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 2_048, 1_000_000})
  void bothRolesMeetInWhateverPiecesTheirBytesArrive(int pieceBytes) throws Exception {
    Met met =
        new Relay(channel, pieceBytes)
            .meet(clientStart().setMaxFrameSize(131_072), serverStart().setMaxFrameSize(65_536));

    assertThat(met.client().getKeyData())
        .isEqualTo(met.server().getKeyData())
        .satisfies(key -> assertThat(key).hasSize(44));
    assertThat(List.of(met.client(), met.server()))
        .allSatisfy(result -> {
          assertThat(result.getApplicationProtocol()).isEqualTo("grpc");
          assertThat(result.getRecordProtocol()).isEqualTo(REKEY);
          assertThat(result.getPeerIdentity().getServiceAccount()).isEqualTo(WEB);
          assertThat(result.getPeerIdentity().getAttributesMap()).containsEntry("kind", "WORKLOAD");
          assertThat(result.getLocalIdentity().getServiceAccount()).isEqualTo(WEB);
          assertThat(result.getPeerRpcVersions().getMaxRpcVersion().getMajor()).isEqualTo(2);
          assertThat(result.getKeepChannelOpen()).isFalse();
        });
    assertThat(met.client().getMaxFrameSize()).isEqualTo(65_536);
    assertThat(met.server().getMaxFrameSize()).isEqualTo(131_072);
  }

  @Test
  void secondHandshakeOfAProcessIsResumed() throws Exception {
    Relay relay = new Relay(channel, 2_048);

    assertThat(relay.meet(clientStart(), serverStart()).outcome()).isEqualTo(Outcome.FULL);
    assertThat(relay.meet(clientStart(), serverStart()).outcome())
        .isEqualTo(Outcome.RESUMED_FORWARD_SECRET);
    // What is demanded of the server is another thing: nothing of before counts.
    Met demanding = relay.meet(clientStart().addTargetIdentities(identity(WEB)), serverStart());
    assertThat(demanding.outcome()).isEqualTo(Outcome.FULL);
  }

  @Test
  void processActsUnderTheIdentitiesItMayUseAndNoOther() throws Exception {
    Met met =
        new Relay(channel, 2_048)
            .meet(
                clientStart().setLocalIdentity(identity(OTHER)),
                serverStart(
                    ServerHandshakeParameters.newBuilder()
                        .addRecordProtocols(REKEY)
                        .addLocalIdentities(identity("spiffe://demo.alts/demo/foreign"))
                        .addLocalIdentities(identity(OTHER))));

    assertThat(met.client().getPeerIdentity().getServiceAccount()).isEqualTo(OTHER);
    assertThat(met.server().getPeerIdentity().getServiceAccount()).isEqualTo(OTHER);
    refuses(
        clientStart().setLocalIdentity(identity("spiffe://demo.alts/demo/foreign")),
        Status.Code.PERMISSION_DENIED,
        "not granted");
  }

  @Test
  void serverThatIsNoTargetIsRefused() throws Exception {
    HandshakeCall client = new HandshakeCall(channel);
    HandshakeCall server = new HandshakeCall(channel);
    ByteString init =
        client.send(clientStart().addTargetIdentities(identity(OTHER))).response().getOutFrames();
    ByteString flight = server.send(serverStart().setInBytes(init)).response().getOutFrames();

    Status refused = client.next(flight).end();

    assertThat(refused.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
    assertThat(refused.getDescription()).contains(WEB + " is not among the 1 allowed");
  }

  @Test
  void namingPolicySaysWhoMayAnswerForATarget() throws Exception {
    ca.push(
        WatchResponse.newBuilder()
            .setNamingPolicy(
                domain.namingPolicy(
                    NamingMode.STRICT,
                    NamingEntry.newBuilder()
                        .setTargetPattern("orders.example")
                        .addSpiffeIdPatterns(OTHER)
                        .build()))
            .build());

    Poll.until(
        "the policy refuses the default identity",
        () -> {
          HandshakeCall client = new HandshakeCall(channel);
          HandshakeCall server = new HandshakeCall(channel);
          ByteString init = client.send(clientStart()).response().getOutFrames();
          ByteString flight = server.send(serverStart().setInBytes(init)).response().getOutFrames();
          client.next(flight);
          Status end = client.end();
          server.cancel();
          return end.getCode() == Status.Code.UNAUTHENTICATED
              && String.valueOf(end.getDescription()).contains("orders.example");
        });
    Met met =
        new Relay(channel, 2_048)
            .meet(
                clientStart(),
                serverStart(
                    ServerHandshakeParameters.newBuilder()
                        .addRecordProtocols(REKEY)
                        .addLocalIdentities(identity(OTHER))));
    assertThat(met.client().getPeerIdentity().getServiceAccount()).isEqualTo(OTHER);
  }

  @Test
  void peerThatIsRevokedDuringTheHandshakeIsRefused() throws Exception {
    HandshakeCall client = new HandshakeCall(channel);
    HandshakeCall server = new HandshakeCall(channel);
    ByteString init = client.send(clientStart()).response().getOutFrames();
    ByteString flight = server.send(serverStart().setInBytes(init)).response().getOutFrames();
    ByteString last = client.next(flight).response().getOutFrames();

    ca.push(
        WatchResponse.newBuilder()
            .setRevocationList(
                domain.revocationList(
                    1,
                    RevocationEntry.newBuilder()
                        .setSubject(
                            RevokedSubject.newBuilder()
                                .setSpiffeId(WEB)
                                .setIssuedBefore(Instant.now().getEpochSecond() + 60))
                        .build()))
            .build());
    Poll.until(
        "the list has arrived",
        () -> {
          HandshakeCall later = new HandshakeCall(channel);
          HandshakeCall with = new HandshakeCall(channel);
          ByteString again = later.send(clientStart()).response().getOutFrames();
          HandshakerResp answer = with.send(serverStart().setInBytes(again)).response();
          later.cancel();
          with.cancel();
          return answer.getStatus().getCode() != 0;
        });

    assertThat(server.next(last).end().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
  }

  @Test
  void integrityAloneIsOfferedInsideABoundaryToThoseWhoSpeakIt() throws Exception {
    ca.push(
        WatchResponse.newBuilder()
            .setRecordPolicy(
                RecordPolicy.newBuilder().addRecordProtocols(GMAC).addRecordProtocols(REKEY))
            .build());
    Relay relay = new Relay(channel, 2_048);
    Poll.until(
        "both agree on GMAC",
        () -> {
          Met met =
              relay.meet(
                  clientStart().addRecordProtocols(GMAC),
                  serverStart(
                      ServerHandshakeParameters.newBuilder()
                          .addRecordProtocols(REKEY)
                          .addRecordProtocols(GMAC)));
          return met.client().getRecordProtocol().equals(GMAC)
              && met.client().getKeyData().size() == 44
              && met.client().getKeyData().equals(met.server().getKeyData());
        });

    assertThat(relay.meet(clientStart(), serverStart()).client().getRecordProtocol())
        .isEqualTo(REKEY);
  }

  @Test
  @Tag("abuse-27")
  void requestsOutOfTurnAreRefused() throws Exception {
    refuses(HandshakerReq.newBuilder(), Status.Code.INVALID_ARGUMENT, "nothing in it");
    assertThat(new HandshakeCall(channel).next(ByteString.copyFromUtf8("x")).end().getDescription())
        .contains("before client_start");
    HandshakeCall twice = new HandshakeCall(channel).send(clientStart());
    twice.response();
    assertThat(twice.send(clientStart()).end().getDescription()).contains("started twice");
    HandshakeCall closed = new HandshakeCall(channel).send(clientStart());
    closed.response();
    closed.halfClose();
    assertThat(closed.end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    refuses(
        clientStart().setHandshakeSecurityProtocol(HandshakeProtocol.TLS),
        Status.Code.INVALID_ARGUMENT,
        "expected: ALTS");
    refuses(
        clientStart().clearApplicationProtocols(),
        Status.Code.INVALID_ARGUMENT,
        "application protocols");
    refuses(
        clientStart().clearRecordProtocols().addRecordProtocols("none that we know"),
        Status.Code.ABORTED,
        "record protocol");
    refuses(
        clientStart().addTargetIdentities(identity("bob@example.com")),
        Status.Code.INVALID_ARGUMENT,
        "target_identities");
  }

  @Test
  @Tag("abuse-27")
  void garbageOfAPeerEndsTheHandshakeAndNothingElse() throws Exception {
    Random random = new Random(27);
    for (int i = 0; i < 60; i++) {
      byte[] garbage = new byte[1 + random.nextInt(40)];
      random.nextBytes(garbage);
      HandshakeCall server =
          new HandshakeCall(channel).send(serverStart().setInBytes(ByteString.copyFrom(garbage)));
      HandshakerResp first = server.response();
      if (first.getStatus().getCode() == 0) {
        // Fewer than a header's bytes: nothing can be said yet.
        assertThat(garbage.length).isLessThan(8);
        server.cancel();
        continue;
      }
      assertThat(server.end().getCode()).isEqualTo(Status.Code.ABORTED);
    }
    // A frame that says it is huge costs nothing, and one that is too large for the service ends
    // it.
    ByteString huge = ByteString.fromHex("ffffff7f01000000");
    assertThat(
            new HandshakeCall(channel).send(serverStart().setInBytes(huge)).end().getDescription())
        .contains("length 2147483647");
    HandshakeCall flood =
        new HandshakeCall(channel)
            .send(serverStart().setInBytes(ByteString.copyFrom(new byte[300_000])));
    assertThat(flood.end().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

    assertThat(new Relay(channel, 2_048).meet(clientStart(), serverStart()).outcome())
        .isIn(Outcome.FULL, Outcome.RESUMED_FORWARD_SECRET);
  }

  @Test
  @Tag("abuse-34")
  void forgedLastMessageIsRefusedWithoutSayingWhere() throws Exception {
    List<String> reasons = new ArrayList<>();
    for (int flipped : new int[] {10, 41}) {
      HandshakeCall client = new HandshakeCall(channel);
      HandshakeCall server = new HandshakeCall(channel);
      ByteString init = client.send(clientStart()).response().getOutFrames();
      ByteString flight = server.send(serverStart().setInBytes(init)).response().getOutFrames();
      byte[] last = client.next(flight).response().getOutFrames().toByteArray();
      last[flipped] ^= 1;
      reasons.add(server.next(ByteString.copyFrom(last)).end().toString());
    }

    assertThat(reasons).hasSize(2).containsOnly(reasons.getFirst());
    assertThat(reasons.getFirst()).contains("authenticator is wrong");
  }

  @Test
  @Tag("abuse-29")
  void stalledHandshakesFillTheirProcessesShareAndEndByThemselves() throws Exception {
    List<HandshakeCall> stalled = new ArrayList<>();
    // Several connections, since one carries only so many calls.
    List<ManagedChannel> channels = List.of(channel, agent.connect());
    for (int i = 0; i < HandshakerService.MAX_PER_PROCESS; i++) {
      stalled.add(new HandshakeCall(channels.get(i % 2)).send(serverStart()));
    }
    for (HandshakeCall call : stalled) {
      assertThat(call.response().getStatus().getCode()).isZero();
    }

    Status refused = new HandshakeCall(channel).send(clientStart()).end();

    assertThat(refused.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    for (HandshakeCall call : stalled) {
      assertThat(call.end().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }
    Poll.until(
        "their room is free again",
        () -> {
          HandshakeCall call = new HandshakeCall(channel).send(clientStart());
          try {
            return call.response().getStatus().getCode() == 0;
          } catch (AssertionError notYet) {
            return false;
          } finally {
            call.cancel();
          }
        });
  }

  private void refuses(StartClientHandshakeReq.Builder start, Status.Code code, String why)
      throws InterruptedException {
    refuses(HandshakerReq.newBuilder().setClientStart(start), code, why);
  }

  /** The first answer says so in its status, and so does the call. */
  private void refuses(HandshakerReq.Builder request, Status.Code code, String why)
      throws InterruptedException {
    HandshakeCall call = new HandshakeCall(channel).send(request);
    HandshakerResp response = call.response();
    assertThat(response.getStatus().getCode()).isEqualTo(code.value());
    assertThat(response.getStatus().getDetails()).contains(why);
    assertThat(call.end().getCode()).isEqualTo(code);
  }
}
