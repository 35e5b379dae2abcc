/**
 * Keeps growing tables in partitions by time: makes them ahead, drops them after their retention.
 *
 * <p>It decides when something is old enough and safe to forget: nothing that is unexpired, nothing
 * that no audit checkpoint covers. It never reads what a row says. Start reading at {@code
 * LedgerUpkeep}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"audit", "checkpoint", "configuration", "replica"})
package dev.alts.ca.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
