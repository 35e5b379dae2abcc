package dev.alts.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ConnectionReportTest {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");

  private final ManualClock clock = new ManualClock(START);
  private final ConnectionReport report = new ConnectionReport(clock);

  @Test
  void handshakesAreCountedByOutcome() {
    report.handshake(false);
    report.handshake(true);
    report.handshakeFailed("revoked");

    assertThat(report.contents().counters())
        .containsOnly(
            java.util.Map.entry("handshakes", 2L),
            java.util.Map.entry("handshakes.resumed", 1L),
            java.util.Map.entry("handshakes.failed", 1L),
            java.util.Map.entry("handshakes.failed.revoked", 1L));
  }

  @Test
  void aPeerInClearTextIsNewsOnceAndCountedAlways() {
    assertThat(report.clearText(Direction.INCOMING, "10.0.0.1")).isTrue();
    clock.advance(Duration.ofMinutes(1));
    assertThat(report.clearText(Direction.INCOMING, "10.0.0.1")).isFalse();
    assertThat(report.clearText(Direction.OUTGOING, "10.0.0.1")).isTrue();

    assertThat(report.contents().clearTextPeers())
        .containsExactly(
            new ClearTextPeer(
                Direction.INCOMING, "10.0.0.1", 2, START, START.plus(Duration.ofMinutes(1))),
            new ClearTextPeer(
                Direction.OUTGOING,
                "10.0.0.1",
                1,
                START.plus(Duration.ofMinutes(1)),
                START.plus(Duration.ofMinutes(1))));
  }

  @Test
  void latestDenialsAreKept() {
    for (int i = 0; i < 60; i++) {
      report.denied("spiffe://example.org/" + i, "a.B/C", "not on the list");
    }

    assertThat(report.contents().denials()).hasSize(30);
    assertThat(report.contents().denials().getFirst().peer()).isEqualTo("spiffe://example.org/30");
    assertThat(report.contents().denials().getLast())
        .isEqualTo(
            new ReportedDenial(START, "spiffe://example.org/59", "a.B/C", "not on the list"));
    assertThat(report.contents().counters()).containsEntry("calls.denied", 60L);
  }

  @Test
  @Tag("abuse-29")
  void strangersDecideTheCountsAndNotTheSize() {
    String endless = "x".repeat(10_000);
    for (int i = 0; i < 1_000; i++) {
      report.clearText(Direction.INCOMING, i + endless);
      report.unnamedTarget(i + endless);
      report.denied(i + endless, endless, endless);
      report.handshakeFailed("reason" + i);
    }

    ReportContents contents = report.contents();
    assertThat(contents.clearTextPeers()).hasSize(50);
    assertThat(contents.clearTextPeers()).allMatch(peer -> peer.name().length() <= 120);
    assertThat(contents.unnamedTargets()).hasSize(50);
    assertThat(contents.denials()).hasSize(30).allMatch(denial -> denial.reason().length() <= 160);
    assertThat(contents.counters())
        .hasSizeLessThanOrEqualTo(64)
        .containsEntry(ConnectionReport.CLEAR_TEXT, 1_000L)
        .containsEntry(ConnectionReport.UNNAMED_TARGETS, 1_000L)
        .containsEntry(ConnectionReport.FAILED, 1_000L);
  }

  @Test
  @Tag("abuse-6")
  void whatAPeerIsCalledIsOneLineOfPrintableCharacters() {
    report.denied("spiffe://a/\u001b[2J\nok", "a.B/C", "\u202e");

    assertThat(report.contents().denials().getFirst().peer()).isEqualTo("spiffe://a/?[2J?ok");
    assertThat(report.contents().denials().getFirst().reason()).isEqualTo("?");
  }

  @Test
  void aChangeIsVisibleToWhoeverSendsTheReport() {
    long before = report.changes();

    report.handshake(false);

    assertThat(report.changes()).isNotEqualTo(before);
    assertThat(report.changes()).isEqualTo(report.changes());
  }
}
