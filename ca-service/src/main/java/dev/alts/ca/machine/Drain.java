package dev.alts.ca.machine;

import dev.alts.ca.replica.ReplicaLease;
import dev.alts.ca.watch.WatchHub;
import io.grpc.Server;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this replica takes calls, and how it stops taking them: it says so, tells every
 * connection to go away, and lets what has begun finish.
 */
final class Drain {
  private static final Logger log = LoggerFactory.getLogger(Drain.class);

  private final ReplicaLease lease;
  private final WatchHub hub;
  private final Duration delay;
  private final Duration limit;
  private volatile boolean begun;

  /**
   * @param delay between saying that we are not ready and going away, for balancers that ask
   * @param limit how long calls may take to finish
   */
  Drain(ReplicaLease lease, WatchHub hub, Duration delay, Duration limit) {
    this.lease = lease;
    this.hub = hub;
    this.delay = delay;
    this.limit = limit;
  }

  LeaseGate gate() {
    return new LeaseGate(lease, hub::isCurrent);
  }

  /** {@return whether stopping has begun} */
  boolean hasBegun() {
    return begun;
  }

  /** Says that no more calls should come, and waits until whoever looks has seen it. */
  void begin() {
    begun = true;
    log.info("Draining: delay={} limit={}", delay, limit);
    try {
      Thread.sleep(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until all calls of a server that was shut down have ended, and cuts those that do not.
   */
  void await(Server server) {
    try {
      if (!server.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("Calls cut: they took longer than {} after the end began", limit);
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
