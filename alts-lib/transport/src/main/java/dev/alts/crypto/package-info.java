/**
 * The primitives of the protocol, each over the fastest provider that is present and works.
 *
 * <p>Providers are found by class name, used by instance and never installed for the whole JVM;
 * whichever is used, results are the same, bit for bit, given the same randomness. Nothing here
 * knows messages, frames or identities. Start reading at {@link dev.alts.crypto.Crypto}.
 */
@NullMarked
package dev.alts.crypto;

import org.jspecify.annotations.NullMarked;
