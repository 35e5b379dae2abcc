/**
 * Takes back what was issued: entries, the signed list that carries them, and everything that must
 * change at the same moment (resumption keys, grants, bans).
 *
 * <p>It decides what a revocation means and in which order it takes effect. It never judges whether
 * one is deserved. Start reading at {@link dev.alts.ca.revocation.RevocationService}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "attestation",
      "audit",
      "authority",
      "configuration",
      "database",
      "grants",
      "issuance",
      "resumption",
      "watch"
    })
package dev.alts.ca.revocation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
