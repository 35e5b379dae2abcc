/**
 * The only place of this module that calls signature and digest primitives.
 *
 * <p>Providers are found by class name, used by instance and never installed: what the application
 * does with the JVM's provider list is its own affair. Start reading at {@link
 * dev.alts.identity.crypto.EcdsaP256}.
 */
@NullMarked
package dev.alts.identity.crypto;

import org.jspecify.annotations.NullMarked;
