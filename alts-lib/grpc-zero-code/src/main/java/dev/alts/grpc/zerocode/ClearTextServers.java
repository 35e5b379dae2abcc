package dev.alts.grpc.zerocode;

import dev.alts.report.ConnectionReport;
import dev.alts.report.Direction;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the permissive mode has found out of servers: remembered, so that not every connection asks
 * again, and forgotten after a while, so that a server that has learnt ALTS is spoken to in it.
 * Thread-safe.
 */
final class ClearTextServers {
  /** What is known of a server. */
  enum Known {
    ALTS,
    CLEAR_TEXT,
    NOTHING
  }

  private static final System.Logger log = System.getLogger("dev.alts.grpc.zerocode");
  private static final int MAX_SERVERS = 1_000;

  private final Duration remembered;
  private final InstantSource clock;
  private final ConnectionReport report;
  private final Map<Server, Finding> findings = new LinkedHashMap<>();

  /**
   * One replica under one name.
   *
   * @param authority as the application names it
   */
  record Server(String authority, SocketAddress address) {}

  private record Finding(Known known, Instant until) {}

  ClearTextServers(Duration remembered, InstantSource clock, ConnectionReport report) {
    this.remembered = remembered;
    this.clock = clock;
    this.report = report;
  }

  synchronized Known about(Server server) {
    Finding finding = findings.get(server);
    if (finding == null) {
      return Known.NOTHING;
    }
    if (clock.instant().isAfter(finding.until)) {
      findings.remove(server);
      return Known.NOTHING;
    }
    return finding.known;
  }

  /** The server answered in ALTS. */
  void speaksAlts(Server server) {
    remember(server, Known.ALTS);
  }

  /** A connection in clear text is open and the server has answered on it: counted and named. */
  void speaksClearText(Server server) {
    remember(server, Known.CLEAR_TEXT);
    if (report.clearText(Direction.OUTGOING, server.authority())) {
      log.log(
          Level.WARNING,
          "ALTS zero-code: server {0} ({1}) speaks clear text",
          server.authority(),
          server.address());
    }
  }

  /** What was known was wrong, or is no longer so. */
  synchronized void forget(Server server) {
    findings.remove(server);
  }

  private synchronized void remember(Server server, Known known) {
    findings.remove(server);
    if (findings.size() == MAX_SERVERS) {
      findings.remove(findings.keySet().iterator().next());
    }
    findings.put(server, new Finding(known, clock.instant().plus(remembered)));
  }
}
