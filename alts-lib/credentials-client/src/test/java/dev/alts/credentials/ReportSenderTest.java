package dev.alts.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.report.ConnectionReport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a real Unix socket. */
class ReportSenderTest {
  @TempDir Path directory;

  @Test
  void whatChangedIsReportedAndNotTwice() throws Exception {
    ConnectionReport report = new ConnectionReport(InstantSource.system());
    Path socket = directory.resolve("agent.sock");
    try (FakeAgent agent = FakeAgent.at(socket);
        AgentChannel channel = AgentChannel.to(new AgentSocket(socket))) {
      new ReportSender(channel, report, () -> "spiffe://example.org/me", Duration.ofMillis(20))
          .start();
      report.handshake(false);
      ReportRequest first = next(agent);
      assertThat(first.getSpiffeId()).isEqualTo("spiffe://example.org/me");
      assertThat(first.getCountersMap()).containsEntry("handshakes", 1L);

      report.handshake(false);

      assertThat(next(agent).getCountersMap()).containsEntry("handshakes", 2L);
    }
  }

  @Test
  void anAgentThatComesBackHearsEverythingAlthoughNothingChanged() throws Exception {
    ConnectionReport report = new ConnectionReport(InstantSource.system());
    report.handshake(false);
    Path socket = directory.resolve("agent.sock");
    try (AgentChannel channel = AgentChannel.to(new AgentSocket(socket))) {
      new ReportSender(channel, report, () -> "", Duration.ofMillis(20)).start();
      try (FakeAgent agent = FakeAgent.at(socket)) {
        assertThat(next(agent).getCountersMap()).containsEntry("handshakes", 1L);
      }
      try (FakeAgent again = FakeAgent.at(socket)) {
        assertThat(next(again).getCountersMap()).containsEntry("handshakes", 1L);
      }
    }
  }

  private static ReportRequest next(FakeAgent agent) throws InterruptedException {
    ReportRequest report = agent.reports().poll(60, TimeUnit.SECONDS);
    assertThat(report).as("a report within a minute").isNotNull();
    return report;
  }
}
