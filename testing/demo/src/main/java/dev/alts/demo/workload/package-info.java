/**
 * The demo's own workloads: a payments service and a program that calls it, as a user of the
 * library would write them.
 *
 * <p>Each takes one command a line on standard input, prints one JSON object a line, and ends when
 * its input ends, so that none outlives the demo. They know nothing of the CA: credentials come
 * from the agent. Start reading at {@link dev.alts.demo.workload.PaymentsServer}.
 */
@NullMarked
package dev.alts.demo.workload;

import org.jspecify.annotations.NullMarked;
