package dev.alts.ca.authority;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads again every few seconds what other replicas may have changed, until it is closed. */
final class TrustDocumentRefresh implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TrustDocumentRefresh.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("trust-document").daemon().factory());
  private final ScheduledFuture<?> task;

  TrustDocumentRefresh(Runnable refresh) {
    this.task =
        executor.scheduleWithFixedDelay(
            () -> refresh(refresh), PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    task.cancel(false);
    executor.shutdown();
  }

  private static void refresh(Runnable refresh) {
    try {
      refresh.run();
    } catch (RuntimeException e) {
      // The present document stays good for half its life; the next attempt is seconds away.
      log.warn("Trust document not refreshed: {}", e.toString());
    }
  }
}
