/**
 * Replaces issuing authorities without leaving anybody behind: by schedule or by command, for one
 * kind or the whole fleet.
 *
 * <p>It decides when a step is wise, from what agents say that they hold, and never touches a key:
 * the steps themselves are {@code authority}'s. Start reading at {@link
 * dev.alts.ca.rotation.Rotations}; what is in the way of a step is {@link
 * dev.alts.ca.rotation.Readiness}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "attestation",
      "authority",
      "configuration",
      "database",
      "grants",
      "issuance",
      "naming",
      "watch"
    })
package dev.alts.ca.rotation;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
