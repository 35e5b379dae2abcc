/** How {@code attestation} keeps its rows. Nothing outside the module may look in here. */
@NullMarked
package dev.alts.ca.attestation.internal;

import org.jspecify.annotations.NullMarked;
