/**
 * What whoever runs the CA asks it: is it alive, is it ready, what are its figures.
 *
 * <p>It decides how that is answered and on which port, never what is true: each module brings its
 * own checks and figures. Nothing here names a machine, a human or an identity. Start reading at
 * {@link dev.alts.ca.operations.OperationsPort}.
 */
@NullMarked
@ApplicationModule(allowedDependencies = {"plainhttp"})
package dev.alts.ca.operations;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
