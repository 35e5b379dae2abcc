package dev.alts.credentials;

import dev.alts.api.credentials.v1.CredentialsGrpc.CredentialsStub;
import dev.alts.api.credentials.v1.ReportRequest;
import dev.alts.api.credentials.v1.ReportResponse;
import dev.alts.report.ConnectionReport;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the process's report to the agent: soon after it has changed, and from time to time
 * although it has not, since the agent may have been restarted. A report that is lost is made good
 * by the next. Confined to the connection's thread.
 */
final class ReportSender {
  private static final Logger log = LoggerFactory.getLogger(ReportSender.class);
  static final Duration LOOK_EVERY = Duration.ofSeconds(5);
  private static final int LOOKS_BETWEEN_REPEATS = 24;
  private static final long DEADLINE_SECONDS = 5;

  private final AgentChannel agent;
  private final ConnectionReport report;
  private final Supplier<String> identity;
  private final Duration pause;
  private long sent;
  private int looksSinceSent;

  /**
   * @param identity SPIFFE ID that the process has now, or empty
   * @param pause between looks for a change
   */
  ReportSender(
      AgentChannel agent, ConnectionReport report, Supplier<String> identity, Duration pause) {
    this.pause = pause;
    this.agent = agent;
    this.report = report;
    this.identity = identity;
  }

  /** Goes on until the connection's thread ends. */
  void start() {
    var unused = agent.schedule(this::look, pause);
  }

  private void look() {
    long now = report.changes();
    looksSinceSent++;
    if (now != 0 && (now != sent || looksSinceSent >= LOOKS_BETWEEN_REPEATS)) {
      sent = now;
      looksSinceSent = 0;
      send();
    }
    start();
  }

  private void send() {
    ReportRequest request = ReportMessages.request(identity.get(), report.contents());
    CredentialsStub stub = agent.quietStub().withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    stub.report(
        request,
        new StreamObserver<>() {
          @Override
          public void onNext(ReportResponse response) {
            // nothing is in it
          }

          @Override
          public void onError(Throwable failure) {
            // an older agent, or none: the report is sent again when it changes, at the latest
            // after some looks
            log.debug("report not delivered", failure);
          }

          @Override
          public void onCompleted() {
            log.debug("report delivered changes={}", sent);
          }
        });
  }
}
