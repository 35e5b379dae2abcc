/**
 * Decides which machine is which: join tokens, the seam for other attestors, and the registry of
 * machines with their lineage of keys.
 *
 * <p>It never sees a rule, a workload or a connection. Start reading at {@link
 * dev.alts.ca.attestation.MachineAttestor} and {@link dev.alts.ca.attestation.MachineRegistry}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"audit", "authority", "database"})
package dev.alts.ca.attestation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
