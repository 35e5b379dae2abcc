/**
 * Keys that seal resumption tickets: one for each identity, boundary, period and generation,
 * derived from a random root per period (handshake.md section 2).
 *
 * <p>It decides which keys exist, who was given them and when they are replaced. It never sees a
 * ticket or a rule. Start reading at {@link dev.alts.ca.resumption.ResumptionKeys}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"attestation", "authority", "database", "watch"})
package dev.alts.ca.resumption;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
