/**
 * The Machine API: what agents ask the CA, over TLS 1.3, and what the CA pushes to them.
 *
 * <p>It decides who is calling and translates; which identity a process gets is {@code policy}'s
 * matter, what a certificate contains {@code issuance}'s. It never sees a database row of another
 * module. Start reading at {@link dev.alts.ca.machine.MachineServer}, then {@link
 * dev.alts.ca.machine.MachineApi}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "attestation",
      "audit",
      "authority",
      "configuration",
      "crl",
      "database",
      "endpoint",
      "grants",
      "issuance",
      "jwt",
      "kubernetes",
      "naming",
      "operations",
      "policy",
      "replica",
      "resumption",
      "revocation",
      "rotation",
      "watch"
    })
package dev.alts.ca.machine;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
