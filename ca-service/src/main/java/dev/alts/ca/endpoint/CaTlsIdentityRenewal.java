package dev.alts.ca.endpoint;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every few seconds whether the CA's own SVID is due, until it is closed. */
final class CaTlsIdentityRenewal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CaTlsIdentityRenewal.class);
  private static final Duration PERIOD = Duration.ofSeconds(5);

  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("tls-identity").daemon().factory());
  private final ScheduledFuture<?> task;

  CaTlsIdentityRenewal(CaTlsIdentity identity) {
    this.task =
        executor.scheduleWithFixedDelay(
            () -> renew(identity), PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    task.cancel(false);
    executor.shutdown();
  }

  private static void renew(CaTlsIdentity identity) {
    try {
      identity.renewIfDue();
    } catch (RuntimeException e) {
      // The present SVID is good for half its life; the next attempt is seconds away.
      log.warn("TLS identity not renewed: {}", e.toString());
    }
  }
}
