/**
 * Traces across workload, agent and CA (OpenTelemetry), off unless a collector is named.
 *
 * <p>It decides what a span says, which is the method and how it ended, never who called. Start
 * reading at {@link dev.alts.agent.tracing.Traces}.
 */
@NullMarked
package dev.alts.agent.tracing;

import org.jspecify.annotations.NullMarked;
