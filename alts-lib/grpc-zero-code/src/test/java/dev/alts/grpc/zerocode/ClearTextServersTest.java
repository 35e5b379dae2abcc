package dev.alts.grpc.zerocode;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alts.grpc.zerocode.ClearTextServers.Known;
import dev.alts.grpc.zerocode.ClearTextServers.Server;
import dev.alts.report.ConnectionReport;
import dev.alts.testing.ManualClock;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClearTextServersTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-11-24T10:00:00Z"));
  private final ConnectionReport report = new ConnectionReport(clock);
  private final ClearTextServers servers =
      new ClearTextServers(Duration.ofMinutes(5), clock, report);

  @Test
  void whatIsKnownIsForgottenAfterAWhile() {
    servers.speaksClearText(server(1));
    servers.speaksAlts(server(2));

    clock.advance(Duration.ofMinutes(5));
    assertThat(servers.about(server(1))).isEqualTo(Known.CLEAR_TEXT);
    assertThat(servers.about(server(2))).isEqualTo(Known.ALTS);

    clock.advance(Duration.ofSeconds(1));
    assertThat(servers.about(server(1))).isEqualTo(Known.NOTHING);
    assertThat(servers.about(server(2))).isEqualTo(Known.NOTHING);
  }

  @Test
  void replicasOfOneNameAreKnownOneByOne() {
    servers.speaksClearText(server(1));

    assertThat(servers.about(server(2))).isEqualTo(Known.NOTHING);
  }

  @Test
  void aThousandAreRememberedAndTheOldestGoesFirst() {
    for (int port = 1; port <= 1_001; port++) {
      servers.speaksAlts(server(port));
    }

    assertThat(servers.about(server(1))).isEqualTo(Known.NOTHING);
    assertThat(servers.about(server(2))).isEqualTo(Known.ALTS);
    assertThat(servers.about(server(1_001))).isEqualTo(Known.ALTS);
  }

  private static Server server(int port) {
    return new Server("orders", InetSocketAddress.createUnresolved("orders", port));
  }
}
