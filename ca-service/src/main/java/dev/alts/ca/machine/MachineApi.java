package dev.alts.ca.machine;

import com.google.protobuf.ByteString;
import dev.alts.api.machine.v1.AcknowledgeRequest;
import dev.alts.api.machine.v1.AcknowledgeResponse;
import dev.alts.api.machine.v1.AttestRequest;
import dev.alts.api.machine.v1.AttestResponse;
import dev.alts.api.machine.v1.GetTrustDocumentRequest;
import dev.alts.api.machine.v1.GetTrustDocumentResponse;
import dev.alts.api.machine.v1.IssueRequest;
import dev.alts.api.machine.v1.IssueResponse;
import dev.alts.api.machine.v1.MachineGrpc;
import dev.alts.api.machine.v1.RenewRequest;
import dev.alts.api.machine.v1.RenewResponse;
import dev.alts.api.machine.v1.SignJwtSvidRequest;
import dev.alts.api.machine.v1.SignJwtSvidResponse;
import dev.alts.api.machine.v1.WatchRequest;
import dev.alts.ca.authority.TrustDocuments;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.stereotype.Component;

/**
 * The methods of the Machine API: who is calling, then the work. Runs on virtual threads, so it may
 * block.
 */
@Component
class MachineApi {
  private final TrustDocuments trust;
  private final CallerIdentity caller;
  private final Attestation attestation;
  private final Renewal renewal;
  private final Issue issue;
  private final SignJwt signJwt;
  private final Watch watch;
  private final Acknowledgement acknowledgement;

  MachineApi(
      TrustDocuments trust,
      CallerIdentity caller,
      Attestation attestation,
      Renewal renewal,
      Issue issue,
      SignJwt signJwt,
      Watch watch,
      Acknowledgement acknowledgement) {
    this.trust = trust;
    this.caller = caller;
    this.attestation = attestation;
    this.renewal = renewal;
    this.issue = issue;
    this.signJwt = signJwt;
    this.watch = watch;
    this.acknowledgement = acknowledgement;
  }

  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(MachineGrpc.SERVICE_NAME)
        .addMethod(
            MachineGrpc.getGetTrustDocumentMethod(),
            ServerCalls.asyncUnaryCall(this::getTrustDocument))
        .addMethod(MachineGrpc.getAttestMethod(), ServerCalls.asyncBidiStreamingCall(this::attest))
        .addMethod(MachineGrpc.getRenewMethod(), ServerCalls.asyncUnaryCall(this::renew))
        .addMethod(MachineGrpc.getIssueMethod(), ServerCalls.asyncUnaryCall(this::issue))
        .addMethod(
            MachineGrpc.getAcknowledgeMethod(), ServerCalls.asyncUnaryCall(this::acknowledge))
        .addMethod(
            MachineGrpc.getSignJwtSvidMethod(), ServerCalls.asyncUnaryCall(this::signJwtSvid))
        .addMethod(watchMethod(), ServerCalls.asyncServerStreamingCall(this::watch))
        .build();
  }

  private void getTrustDocument(
      GetTrustDocumentRequest request, StreamObserver<GetTrustDocumentResponse> answer) {
    answer.onNext(
        GetTrustDocumentResponse.newBuilder()
            .setTrustDocument(trust.current().signed())
            .addAllBridges(trust.bridges())
            .build());
    answer.onCompleted();
  }

  private StreamObserver<AttestRequest> attest(StreamObserver<AttestResponse> answers) {
    return attestation.begin(ChannelSecurity.current().source(), answers);
  }

  private void renew(RenewRequest request, StreamObserver<RenewResponse> answer) {
    answer.onNext(
        RenewResponse.newBuilder()
            .setCredentials(renewal.renew(caller.require(ChannelSecurity.current()), request))
            .build());
    answer.onCompleted();
  }

  private void issue(IssueRequest request, StreamObserver<IssueResponse> answer) {
    ChannelSecurity security = ChannelSecurity.current();
    answer.onNext(issue.issue(caller.require(security), security, request));
    answer.onCompleted();
  }

  private void acknowledge(AcknowledgeRequest request, StreamObserver<AcknowledgeResponse> answer) {
    acknowledgement.take(caller.require(ChannelSecurity.current()), request);
    answer.onNext(AcknowledgeResponse.getDefaultInstance());
    answer.onCompleted();
  }

  private void signJwtSvid(SignJwtSvidRequest request, StreamObserver<SignJwtSvidResponse> answer) {
    answer.onNext(signJwt.sign(caller.require(ChannelSecurity.current()), request));
    answer.onCompleted();
  }

  private void watch(WatchRequest request, StreamObserver<ByteString> answers) {
    ChannelSecurity security = ChannelSecurity.current();
    watch.open(
        caller.require(security),
        security,
        request,
        (ServerCallStreamObserver<ByteString>) answers);
  }

  /** The same method on the wire, but answers are bytes already: a push is serialised once. */
  private static MethodDescriptor<WatchRequest, ByteString> watchMethod() {
    MethodDescriptor<WatchRequest, ?> method = MachineGrpc.getWatchMethod();
    return method.toBuilder(method.getRequestMarshaller(), new Serialised()).build();
  }

  private static final class Serialised implements MethodDescriptor.Marshaller<ByteString> {
    @Override
    public InputStream stream(ByteString value) {
      return value.newInput();
    }

    @Override
    public ByteString parse(InputStream stream) {
      try {
        return ByteString.readFrom(stream);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
