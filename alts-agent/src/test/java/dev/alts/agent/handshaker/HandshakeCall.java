package dev.alts.agent.handshaker;

import com.google.protobuf.ByteString;
import dev.alts.api.handshaker.HandshakeProtocol;
import dev.alts.api.handshaker.HandshakerReq;
import dev.alts.api.handshaker.HandshakerResp;
import dev.alts.api.handshaker.HandshakerServiceGrpc;
import dev.alts.api.handshaker.Identity;
import dev.alts.api.handshaker.NextHandshakeMessageReq;
import dev.alts.api.handshaker.RpcProtocolVersions;
import dev.alts.api.handshaker.RpcProtocolVersions.Version;
import dev.alts.api.handshaker.ServerHandshakeParameters;
import dev.alts.api.handshaker.StartClientHandshakeReq;
import dev.alts.api.handshaker.StartServerHandshakeReq;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One stream to the handshaker, driven by hand, as a stack would and as none should. */
final class HandshakeCall {
  private static final String REKEY = "ALTSRP_GCM_AES128_REKEY";

  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private final StreamObserver<HandshakerReq> requests;

  HandshakeCall(Channel agent) {
    this.requests =
        HandshakerServiceGrpc.newStub(agent)
            .doHandshake(
                new StreamObserver<>() {
                  @Override
                  public void onNext(HandshakerResp response) {
                    events.add(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    events.add(Status.fromThrowable(failure));
                  }

                  @Override
                  public void onCompleted() {
                    events.add(Status.OK);
                  }
                });
  }

  static StartClientHandshakeReq.Builder clientStart() {
    return StartClientHandshakeReq.newBuilder()
        .setHandshakeSecurityProtocol(HandshakeProtocol.ALTS)
        .addApplicationProtocols("grpc")
        .addRecordProtocols(REKEY)
        .setTargetName("orders.example:443")
        .setRpcVersions(versions());
  }

  static StartServerHandshakeReq.Builder serverStart() {
    return serverStart(ServerHandshakeParameters.newBuilder().addRecordProtocols(REKEY));
  }

  static StartServerHandshakeReq.Builder serverStart(ServerHandshakeParameters.Builder parameters) {
    return StartServerHandshakeReq.newBuilder()
        .addApplicationProtocols("grpc")
        .putHandshakeParameters(HandshakeProtocol.ALTS_VALUE, parameters.build())
        .setRpcVersions(versions());
  }

  static Identity identity(String spiffeId) {
    return Identity.newBuilder().setServiceAccount(spiffeId).build();
  }

  HandshakeCall send(StartClientHandshakeReq.Builder start) {
    return send(HandshakerReq.newBuilder().setClientStart(start));
  }

  HandshakeCall send(StartServerHandshakeReq.Builder start) {
    return send(HandshakerReq.newBuilder().setServerStart(start));
  }

  HandshakeCall next(ByteString received) {
    return send(
        HandshakerReq.newBuilder()
            .setNext(NextHandshakeMessageReq.newBuilder().setInBytes(received)));
  }

  HandshakeCall send(HandshakerReq.Builder request) {
    requests.onNext(request.build());
    return this;
  }

  HandshakerResp response() throws InterruptedException {
    Object event = event();
    if (event instanceof HandshakerResp response) {
      return response;
    }
    throw new AssertionError("no response, but " + event);
  }

  /** {@return how the call ended, after whatever responses} */
  Status end() throws InterruptedException {
    Object event = event();
    while (!(event instanceof Status)) {
      event = event();
    }
    return (Status) event;
  }

  void cancel() {
    requests.onError(Status.CANCELLED.asRuntimeException());
  }

  void halfClose() {
    requests.onCompleted();
  }

  private Object event() throws InterruptedException {
    Object event = events.poll(60, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("nothing from the agent within 60 s");
    }
    return event;
  }

  private static RpcProtocolVersions versions() {
    Version only = Version.newBuilder().setMajor(2).setMinor(1).build();
    return RpcProtocolVersions.newBuilder().setMaxRpcVersion(only).setMinRpcVersion(only).build();
  }
}
