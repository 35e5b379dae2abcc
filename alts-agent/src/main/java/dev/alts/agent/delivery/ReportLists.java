package dev.alts.agent.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.agent.delivery.ProcessReports.Reporter;
import dev.alts.api.credentials.v1.ProcessReport;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;

/**
 * Lists of reports on their way to their readers. A reader who is slow or does not read costs one
 * report of memory, and a user has few such readers (abuse-29). Thread-safe.
 */
final class ReportLists {
  static final int MAX_LISTS_PER_USER = 16;

  private final ProcessReports reports;

  @GuardedBy("this")
  private final Map<Integer, Integer> open = new HashMap<>();

  ReportLists(ProcessReports reports) {
    this.reports = reports;
  }

  /**
   * Sends each report when its reader is ready for it; to be called while the call is being
   * started.
   *
   * @param seen whose reports the reader may see
   * @throws DeliveryException if the reader leaves too many lists unread
   */
  void send(int reader, IntPredicate seen, ServerCallStreamObserver<ProcessReport> observer)
      throws DeliveryException {
    begin(reader);
    AtomicBoolean ended = new AtomicBoolean();
    Runnable end =
        () -> {
          if (ended.compareAndSet(false, true)) {
            end(reader);
          }
        };
    observer.setOnCancelHandler(end);
    observer.setOnCloseHandler(end);
    // Names only: a report that was replaced meanwhile is not kept for a slow reader.
    Iterator<Reporter> rest =
        reports.of(seen).stream().map(ProcessReports.Kept::process).toList().iterator();
    // gRPC calls it once at the beginning too, and never twice at a time.
    AtomicBoolean complete = new AtomicBoolean();
    observer.setOnReadyHandler(() -> sendWhileReady(rest, observer, complete));
  }

  private void sendWhileReady(
      Iterator<Reporter> rest,
      ServerCallStreamObserver<ProcessReport> observer,
      AtomicBoolean complete) {
    while (rest.hasNext() && observer.isReady()) {
      Optional<ProcessReports.Kept> kept = reports.find(rest.next());
      kept.ifPresent(report -> observer.onNext(message(report)));
    }
    if (!rest.hasNext() && complete.compareAndSet(false, true)) {
      observer.onCompleted();
    }
  }

  private static ProcessReport message(ProcessReports.Kept kept) {
    return ProcessReport.newBuilder()
        .setPid(kept.process().pid())
        .setUid(kept.process().uid())
        .setReceivedAt(kept.at().getEpochSecond())
        .setReport(kept.report())
        .build();
  }

  private synchronized void begin(int reader) throws DeliveryException {
    int already = open.getOrDefault(reader, 0);
    if (already >= MAX_LISTS_PER_USER) {
      throw new DeliveryException(
          Reason.NOT_READY,
          "user %d reads %d lists of reports already (expected: at most %d at a time)"
              .formatted(reader, already, MAX_LISTS_PER_USER));
    }
    open.put(reader, already + 1);
  }

  private synchronized void end(int reader) {
    open.computeIfPresent(reader, (uid, count) -> count == 1 ? null : count - 1);
  }
}
