/**
 * A port in plain HTTP with bounds, for probes and for readers of what is signed.
 *
 * <p>It knows nothing of what is served. Start reading at {@link
 * dev.alts.ca.plainhttp.PlainHttpPort}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {})
package dev.alts.ca.plainhttp;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
