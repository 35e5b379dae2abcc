/**
 * What machines hold for their processes until it expires, and how the CA takes it back or has it
 * asked for again.
 *
 * <p>It never decides who gets what and never sees a key. Start reading at {@link
 * dev.alts.ca.grants.Grants}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"attestation", "audit", "database", "watch"})
package dev.alts.ca.grants;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
