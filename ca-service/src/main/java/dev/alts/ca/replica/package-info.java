/**
 * Which replica may act, and which of them does what is done once for all.
 *
 * <p>It decides by leases in the database, by the database's clock, with an epoch that fences a
 * replica which slept through the end of its lease. It knows nothing of what replicas do. Start
 * reading at {@link dev.alts.ca.replica.ReplicaLease}, then {@link dev.alts.ca.replica.Duties}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"audit", "operations"})
package dev.alts.ca.replica;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
