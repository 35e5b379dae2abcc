/**
 * What this process has seen of its connections, for its agent and so for the owner of the machine:
 * counters, the latest denials, who is still spoken to in clear text.
 *
 * <p>Everything is bounded, since peers and callers decide how much happens. It decides nothing and
 * knows neither gRPC nor sockets: {@code dev.alts.credentials} carries it to the agent. Start
 * reading at {@link dev.alts.report.ConnectionReport}.
 */
@NullMarked
package dev.alts.report;

import org.jspecify.annotations.NullMarked;
