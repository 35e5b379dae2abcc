/**
 * Measures the CA as its users meet it: a packaged process on an external PostgreSQL, asked over
 * the Machine API by many attested machines.
 *
 * <p>Nothing here knows how the CA works inside, but for two shortcuts of preparation (rules and
 * join tokens are written into the database). Start reading at {@link
 * dev.alts.benchmarks.ca.CaBench}.
 */
@NullMarked
package dev.alts.benchmarks.ca;

import org.jspecify.annotations.NullMarked;
