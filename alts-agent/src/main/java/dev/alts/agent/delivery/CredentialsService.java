package dev.alts.agent.delivery;

import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.Question;
import dev.alts.agent.credentials.SnapshotAssembler;
import dev.alts.agent.delivery.CallerCredentials.Entitled;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.api.credentials.v1.ReportResponse;
import dev.alts.api.credentials.v1.WatchCredentialsRequest;
import dev.alts.identity.SpiffeId;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/** Our Credentials API: handshake certificates, never the key of a master. */
final class CredentialsService extends CredentialsGrpc.CredentialsImplBase {
  private final CallerCredentials credentials;
  private final SnapshotAssembler assembler;
  private final ReportLog reports;
  private final DomainStateSource domain;
  private final Executor executor;

  CredentialsService(
      CallerCredentials credentials,
      SnapshotAssembler assembler,
      ReportLog reports,
      DomainStateSource domain,
      Executor executor) {
    this.credentials = credentials;
    this.assembler = assembler;
    this.reports = reports;
    this.domain = domain;
    this.executor = executor;
  }

  @Override
  public void watchCredentials(
      WatchCredentialsRequest request, StreamObserver<CredentialSnapshot> observer) {
    PeerProcess caller = CallerInterceptor.caller();
    PushStream.open(
        (ServerCallStreamObserver<CredentialSnapshot>) observer,
        watch -> {
          requireSpiffeIdOrEmpty(request.getSpiffeId());
          Entitled entitled =
              credentials.find(
                  credentials.attest(caller), request.getSpiffeId(), Question.Use.MASTER);
          watch.accept(entitled.credential());
          return assembler.assemble(entitled.serving(), entitled.terms());
        },
        (snapshot, sequence) -> snapshot.toBuilder().setSequence(sequence).build(),
        domain,
        executor);
  }

  @Override
  public void report(ReportRequest request, StreamObserver<ReportResponse> observer) {
    try {
      requireSpiffeIdOrEmpty(request.getSpiffeId());
      reports.add(CallerInterceptor.caller(), request);
    } catch (DeliveryException e) {
      observer.onError(Status.UNKNOWN.withCause(e).asRuntimeException());
      return;
    }
    observer.onNext(ReportResponse.getDefaultInstance());
    observer.onCompleted();
  }

  private static void requireSpiffeIdOrEmpty(String text) throws DeliveryException {
    if (text.isEmpty()) {
      return;
    }
    try {
      var _ = SpiffeId.parse(text);
    } catch (IllegalArgumentException e) {
      throw new DeliveryException(Reason.BAD_REQUEST, e.getMessage());
    }
  }
}
