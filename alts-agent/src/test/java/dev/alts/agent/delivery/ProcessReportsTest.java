package dev.alts.agent.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alts.agent.delivery.ProcessReports.Kept;
import dev.alts.agent.delivery.ProcessReports.Reporter;
import dev.alts.api.credentials.v1.ClearTextPeer;
import dev.alts.api.credentials.v1.Denial;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.api.credentials.v1.UnnamedTarget;
import dev.alts.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessReportsTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T10:00:00Z"));
  private final ProcessReports reports = new ProcessReports(clock);

  @Test
  void aReportReplacesTheLastOneOfItsProcess() throws Exception {
    reports.put(new Reporter(7, 1000), counting(1));
    reports.put(new Reporter(8, 1000), counting(2));
    reports.put(new Reporter(7, 1000), counting(3));

    assertThat(reports.of(uid -> true))
        .extracting(kept -> kept.process().pid(), kept -> handshakes(kept))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(8, 2L), org.assertj.core.groups.Tuple.tuple(7, 3L));
  }

  @Test
  void onlyTheUsersThatAreAskedForAreShown() throws Exception {
    reports.put(new Reporter(7, 1000), counting(1));
    reports.put(new Reporter(8, 1001), counting(2));

    assertThat(reports.of(uid -> uid == 1001))
        .extracting(kept -> kept.process().pid())
        .containsExactly(8);
  }

  @Test
  void aProcessThatSaysNothingMoreIsForgotten() throws Exception {
    reports.put(new Reporter(7, 1000), counting(1));

    clock.advance(Duration.ofMinutes(10));
    assertThat(reports.of(uid -> true)).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(reports.of(uid -> true)).isEmpty();
  }

  @Test
  @Tag("abuse-29")
  void oneUsersProcessesPushOutOnlyTheirOwn() throws Exception {
    reports.put(new Reporter(1, 0), counting(1));
    for (int pid = 2; pid < 2_000; pid++) {
      reports.put(new Reporter(pid, 1000), counting(pid));
    }

    assertThat(reports.of(uid -> uid == 0)).hasSize(1);
    assertThat(reports.of(uid -> uid == 1000)).hasSize(ProcessReports.MAX_PROCESSES_PER_USER);
  }

  @Test
  @Tag("abuse-29")
  void manyUsersAreBoundedTooAndTheBusiestGivesWay() throws Exception {
    reports.put(new Reporter(1, 0), counting(1));
    reports.put(new Reporter(2, 1), counting(1));
    reports.put(new Reporter(3, 1), counting(1));
    for (int user = 2; user <= 254; user++) {
      reports.put(new Reporter(user + 10, user), counting(1));
    }

    reports.put(new Reporter(9_999, 9_999), counting(1));

    assertThat(reports.of(uid -> true)).hasSize(ProcessReports.MAX_PROCESSES);
    assertThat(reports.of(uid -> uid == 1))
        .extracting(kept -> kept.process().pid())
        .containsExactly(3);
    assertThat(reports.of(uid -> uid == 0)).hasSize(1);
  }

  static Stream<ReportRequest> tooLarge() {
    ReportRequest.Builder counters = ReportRequest.newBuilder();
    for (int i = 0; i < 65; i++) {
      counters.putCounters("c" + i, 1);
    }
    return Stream.of(
        counters.build(),
        ReportRequest.newBuilder()
            .addAllDenials(Collections.nCopies(101, Denial.getDefaultInstance()))
            .build(),
        ReportRequest.newBuilder()
            .addAllClearTextPeers(Collections.nCopies(101, ClearTextPeer.getDefaultInstance()))
            .build(),
        ReportRequest.newBuilder()
            .addAllUnnamedTargets(Collections.nCopies(101, UnnamedTarget.getDefaultInstance()))
            .build(),
        ReportRequest.newBuilder()
            .addDenials(Denial.newBuilder().setReason("x".repeat(ProcessReports.MAX_REPORT_BYTES)))
            .build());
  }

  @ParameterizedTest
  @MethodSource("tooLarge")
  @Tag("abuse-29")
  void aReportThatIsTooLargeIsRefusedAndKeepsNothing(ReportRequest report) {
    assertThatThrownBy(() -> reports.put(new Reporter(7, 1000), report))
        .isInstanceOf(DeliveryException.class)
        .hasMessageContaining("expected: at most");
    assertThat(reports.of(uid -> true)).isEmpty();
  }

  private static ReportRequest counting(long handshakes) {
    return ReportRequest.newBuilder().putCounters("handshakes", handshakes).build();
  }

  private static long handshakes(Kept kept) {
    return kept.report().getCountersOrThrow("handshakes");
  }
}
