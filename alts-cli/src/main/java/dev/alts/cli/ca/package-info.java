/**
 * The ways to the CA: REST over TLS with the human's SVID, the operator socket on the CA's own
 * machine, and the first contact that a code's root fingerprint secures.
 *
 * <p>Every answer is either what was asked for or a {@link dev.alts.cli.ca.CommandFailedException}
 * that says what to do. It prints nothing and keeps nothing.
 */
@NullMarked
package dev.alts.cli.ca;

import org.jspecify.annotations.NullMarked;
