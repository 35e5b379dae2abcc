/**
 * The CA's local operator socket: enrols the first admin, mints join tokens while there has never
 * been an admin, breaks glass, and writes a backup. Nothing else.
 *
 * <p>It decides by the kernel's word who may ask. It knows no network and no key. Start reading at
 * {@code OperatorRequests}.
 */
@NullMarked
@ApplicationModule(
    allowedDependencies = {"attestation", "audit", "backup", "configuration", "endpoint", "humans"})
package dev.alts.ca.operator;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
