package dev.alts.ca.replica;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * Renews the lease three times in its length, from the moment that there is one, until it is
 * closed; then gives it up.
 */
final class LeaseRenewal implements SmartLifecycle, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(LeaseRenewal.class);
  private static final Duration END = Duration.ofSeconds(5);

  private final Object oneAtATime = new Object();
  private final ReplicaLease lease;
  private final Supplier<List<CatchUp>> allViews;
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("replica-lease").daemon().factory());

  /** None until all are made: asking for them earlier would make them on the wrong thread. */
  private volatile List<CatchUp> views = List.of();

  private volatile boolean running;

  LeaseRenewal(ReplicaLease lease, Supplier<List<CatchUp>> allViews, Duration length) {
    this.lease = lease;
    this.allViews = allViews;
    long period = length.toMillis() / 3;
    var _ = executor.scheduleWithFixedDelay(this::renew, period, period, TimeUnit.MILLISECONDS);
  }

  ReplicaLease lease() {
    return lease;
  }

  /** From now on views are read again with every new epoch. */
  @Override
  public void start() {
    views = allViews.get();
    synchronized (oneAtATime) {
      lease.serve(views);
    }
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before any port opens. */
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE + 1;
  }

  private void renew() {
    try {
      synchronized (oneAtATime) {
        lease.renew(views);
      }
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
