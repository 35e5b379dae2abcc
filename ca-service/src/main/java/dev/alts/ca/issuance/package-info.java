/**
 * Issues certificates in the numbered steps of docs/issuance.md: authorize, serial, build, lint,
 * record, sign, compare, reply.
 *
 * <p>It decides what a certificate may contain and in which order it comes into being. It never
 * sees a network, a rule or a fact: who may have which identity comes in as a typed authorization.
 * Start reading at {@link dev.alts.ca.issuance.IssuanceService}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"authority", "audit", "configuration", "database", "replica"})
package dev.alts.ca.issuance;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
