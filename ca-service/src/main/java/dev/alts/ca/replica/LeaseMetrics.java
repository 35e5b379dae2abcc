package dev.alts.ca.replica;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/** Figures of this replica's lease. */
record LeaseMetrics(ReplicaLease lease) implements MeterBinder {
  @Override
  public void bindTo(MeterRegistry registry) {
    Gauge.builder("alts.replica.lease.held", lease, l -> l.isHeld() ? 1 : 0)
        .description("1 if this replica may act")
        .register(registry);
    FunctionCounter.builder("alts.replica.lease.lost", lease, ReplicaLease::timesLost)
        .description("Leases that ended before they were renewed")
        .register(registry);
  }
}
