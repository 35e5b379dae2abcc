/**
 * SPIRE's answer beside ours, process by process, before anything is switched.
 *
 * <p>Changes nothing on either side. A Workload API answers only for the process that calls it,
 * since the kernel says who that is; so one form compares what both agents tell this very process,
 * and the other judges what the CA knows of all processes by SPIRE's exported entries. Start
 * reading at {@link dev.alts.cli.shadow.Comparison}.
 */
@NullMarked
package dev.alts.cli.shadow;

import org.jspecify.annotations.NullMarked;
