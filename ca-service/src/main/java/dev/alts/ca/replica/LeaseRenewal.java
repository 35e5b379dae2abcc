package dev.alts.ca.replica;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/** Renews the lease three times in its length until it is closed, then gives it up. */
final class LeaseRenewal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeaseRenewal.class);
  private static final Duration END = Duration.ofSeconds(5);

  private final ReplicaLease lease;
  private final Supplier<List<CatchUp>> views;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("replica-lease").daemon().factory());

  LeaseRenewal(ReplicaLease lease, Supplier<List<CatchUp>> views, Duration length) {
    this.lease = lease;
    this.views = views;
    long period = length.toMillis() / 3;
    var _ = executor.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  private void renew() {
    try {
      lease.renew(views.get());
    } catch (RuntimeException e) {
      // The next attempt is a third of a lease away; until one succeeds the lease runs out.
      log.warn("Lease not renewed: held={} cause={}", lease.isHeld(), e.toString());
    }
  }

  @Override
  public void close() {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
        log.info("Lease left to run out: a renewal is still waiting for the database");
        return;
      }
      lease.release();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (DataAccessException e) {
      log.info("Lease left to run out: {}", e.toString());
    }
  }
}
