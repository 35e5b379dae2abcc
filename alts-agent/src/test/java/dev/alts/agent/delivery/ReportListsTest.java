package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.delivery.ProcessReports.Reporter;
import dev.alts.api.credentials.v1.ProcessReport;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.testing.ManualClock;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("abuse-29")
class ReportListsTest {
  private static final int USER = 1000;

  private final ProcessReports reports =
      new ProcessReports(new ManualClock(Instant.parse("2026-11-24T10:00:00Z")));
  private final ReportLists lists = new ReportLists(reports);

  @BeforeEach
  void threeProcessesReport() throws Exception {
    for (int pid = 1; pid <= 3; pid++) {
      reports.put(new Reporter(pid, USER), counting(pid));
    }
  }

  @Test
  void readerGetsNoMoreThanItIsReadyFor() throws Exception {
    Reader reader = new Reader();
    lists.send(USER, uid -> true, reader);

    reader.ready(0);
    assertThat(reader.received).isEmpty();
    reader.ready(2);
    assertThat(reader.received).extracting(ProcessReport::getPid).containsExactly(1, 2);
    assertThat(reader.completed).isZero();
    reader.ready(2);
    reader.ready(2);
    assertThat(reader.received).extracting(ProcessReport::getPid).containsExactly(1, 2, 3);
    assertThat(reader.completed).isOne();
  }

  @Test
  void slowReaderGetsTheReportAsItIsWhenItsTurnComes() throws Exception {
    Reader reader = new Reader();
    lists.send(USER, uid -> true, reader);

    reports.put(new Reporter(3, USER), counting(30));
    reader.ready(3);

    assertThat(reader.received.getLast().getReport()).isEqualTo(counting(30));
  }

  @Test
  void userWithTooManyUnreadListsGetsNoneUntilOneHasEndedAndOthersDo() throws Exception {
    List<Reader> readers = new ArrayList<>();
    for (int i = 0; i < ReportLists.MAX_LISTS_PER_USER; i++) {
      readers.add(new Reader());
      lists.send(USER, uid -> true, readers.getLast());
    }

    assertThatThrownBy(() -> lists.send(USER, uid -> true, new Reader()))
        .isInstanceOf(DeliveryException.class);
    lists.send(USER + 1, uid -> true, new Reader());
    readers.getFirst().cancelled.run();
    readers.getFirst().closed.run();
    lists.send(USER, uid -> true, new Reader());
    assertThatThrownBy(() -> lists.send(USER, uid -> true, new Reader()))
        .isInstanceOf(DeliveryException.class);
  }

  private static ReportRequest counting(long handshakes) {
    return ReportRequest.newBuilder().putCounters("handshakes", handshakes).build();
  }

  /** One that says how many messages it takes. */
  private static final class Reader extends ServerCallStreamObserver<ProcessReport> {
    private final List<ProcessReport> received = new ArrayList<>();
    private Runnable ready = () -> {};
    private Runnable cancelled = () -> {};
    private Runnable closed = () -> {};
    private int room;
    private int completed;

    void ready(int messages) {
      room = messages;
      ready.run();
    }

    @Override
    public boolean isReady() {
      return room > 0;
    }

    @Override
    public void onNext(ProcessReport report) {
      room--;
      received.add(report);
    }

    @Override
    public void onCompleted() {
      completed++;
    }

    @Override
    public void onError(Throwable failure) {
      throw new AssertionError(failure);
    }

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
      ready = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
      cancelled = handler;
    }

    @Override
    public void setOnCloseHandler(Runnable handler) {
      closed = handler;
    }

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void request(int count) {}
  }
}
