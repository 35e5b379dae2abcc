/**
 * The humans of the trust domain: who they are, who is an admin, how they are enrolled and cut off.
 *
 * <p>It decides who may redeem which code and what a certificate of a human is still worth today.
 * It never sees a key, HTTP or the operator's socket. Start reading at {@link
 * dev.alts.ca.humans.HumanEnrolment}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {
      "audit",
      "authority",
      "configuration",
      "database",
      "issuance",
      "revocation"
    })
package dev.alts.ca.humans;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
