/**
 * What ALTS costs beside the TLS engines that a user would pick instead, in the same run, in CPU
 * time.
 *
 * <p>Each benchmark class is one row of the table in docs/benchmarks; a parameter names who is
 * measured. Start at {@code TransportBench}.
 */
@NullMarked
package dev.alts.benchmarks;

import org.jspecify.annotations.NullMarked;
