/**
 * What the operator configured, as loose properties and as strict settings, and the data directory.
 *
 * <p>It decides whether the configuration makes sense and who may use the data directory. It knows
 * no key, no database and no protocol. Start reading at {@link
 * dev.alts.ca.configuration.CaSettings}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.alts.ca.configuration;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
