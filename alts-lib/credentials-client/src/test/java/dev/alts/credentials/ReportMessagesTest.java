package dev.alts.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.credentials.v1.ClearTextPeer;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.report.ConnectionReport;
import dev.alts.report.Direction;
import dev.alts.testing.ManualClock;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ReportMessagesTest {
  private final ConnectionReport report =
      new ConnectionReport(new ManualClock(Instant.ofEpochSecond(1_000)));

  @Test
  void everythingIsCarried() {
    report.handshake(true);
    report.denied("spiffe://example.org/a", "a.B/C", "why");
    report.clearText(Direction.OUTGOING, "orders:80");
    report.unnamedTarget("pay:443");

    ReportRequest request = ReportMessages.request("spiffe://example.org/me", report.contents());

    assertThat(request.getSpiffeId()).isEqualTo("spiffe://example.org/me");
    assertThat(request.getCountersMap()).containsEntry("handshakes.resumed", 1L);
    assertThat(request.getDenials(0).getMethod()).isEqualTo("a.B/C");
    assertThat(request.getDenials(0).getAt()).isEqualTo(1_000);
    assertThat(request.getClearTextPeers(0).getDirection())
        .isEqualTo(ClearTextPeer.Direction.OUTGOING);
    assertThat(request.getClearTextPeers(0).getPeer()).isEqualTo("orders:80");
    assertThat(request.getUnnamedTargets(0).getTarget()).isEqualTo("pay:443");
    assertThat(request.getUnnamedTargets(0).getConnections()).isEqualTo(1);
  }

  @Test
  @Tag("abuse-29")
  void theLargestReportIsWithinWhatAnAgentTakes() {
    // three bytes each in UTF-8
    String wide = "\u20ac".repeat(1_000);
    for (int i = 0; i < 200; i++) {
      report.denied(i + wide, wide, wide);
      report.clearText(Direction.INCOMING, i + wide);
      report.unnamedTarget(i + wide);
      report.handshakeFailed(i + wide);
    }

    assertThat(
            ReportMessages.request("spiffe://example.org/me", report.contents())
                .getSerializedSize())
        .isLessThan(40 << 10);
  }
}
