package dev.alts.agent.delivery;

import dev.alts.agent.attestation.OwnProcess;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.credentials.DomainStateSource;
import dev.alts.agent.credentials.Question;
import dev.alts.agent.credentials.SnapshotAssembler;
import dev.alts.agent.delivery.CallerCredentials.Entitled;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.api.credentials.v1.CredentialSnapshot;
import dev.alts.api.credentials.v1.CredentialsGrpc;
import dev.alts.api.credentials.v1.ListReportsRequest;
import dev.alts.api.credentials.v1.ProcessReport;
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
  private static final int ROOT = 0;

  private final CallerCredentials credentials;
  private final SnapshotAssembler assembler;
  private final ProcessReports reports;
  private final ReportLists lists;
  private final DomainStateSource domain;
  private final Executor executor;

  CredentialsService(
      CallerCredentials credentials,
      SnapshotAssembler assembler,
      ProcessReports reports,
      DomainStateSource domain,
      Executor executor) {
    this.credentials = credentials;
    this.assembler = assembler;
    this.reports = reports;
    this.lists = new ReportLists(reports);
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
      PeerProcess caller = CallerInterceptor.caller();
      reports.put(new ProcessReports.Reporter(caller.pid(), caller.uid()), request);
    } catch (DeliveryException e) {
      observer.onError(Status.UNKNOWN.withCause(e).asRuntimeException());
      return;
    }
    observer.onNext(ReportResponse.getDefaultInstance());
    observer.onCompleted();
  }

  @Override
  public void listReports(ListReportsRequest request, StreamObserver<ProcessReport> observer) {
    int caller = CallerInterceptor.caller().uid();
    boolean seesAll = caller == ROOT || caller == OwnProcess.uid();
    try {
      lists.send(
          caller,
          uid -> seesAll || uid == caller,
          (ServerCallStreamObserver<ProcessReport>) observer);
    } catch (DeliveryException e) {
      observer.onError(Status.UNKNOWN.withCause(e).asRuntimeException());
    }
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
