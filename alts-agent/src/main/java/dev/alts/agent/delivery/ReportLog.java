package dev.alts.agent.delivery;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.alts.agent.attestation.PeerProcess;
import dev.alts.agent.delivery.DeliveryException.Reason;
import dev.alts.api.credentials.v1.Denial;
import dev.alts.api.credentials.v1.ReportRequest;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest denials that libraries on this machine report, for explanations. What they say is
 * their word and decides nothing. Thread-safe.
 */
final class ReportLog {
  private static final Logger logger = LoggerFactory.getLogger(ReportLog.class);
  private static final int MAX_PER_REPORT = 100;
  private static final int KEPT = 1_000;

  @GuardedBy("this")
  private final Deque<Denial> latest = new ArrayDeque<>();

  void add(PeerProcess reporter, ReportRequest report) throws DeliveryException {
    if (report.getDenialsCount() > MAX_PER_REPORT) {
      throw new DeliveryException(
          Reason.BAD_REQUEST,
          "report: %d denials (expected: at most 100)".formatted(report.getDenialsCount()));
    }
    synchronized (this) {
      report.getDenialsList().forEach(latest::addLast);
      while (latest.size() > KEPT) {
        latest.removeFirst();
      }
    }
    logger.debug("{} reports {} denials", reporter, report.getDenialsCount());
  }

  synchronized List<Denial> latest() {
    return List.copyOf(latest);
  }
}
