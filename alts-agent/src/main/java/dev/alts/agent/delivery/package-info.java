/**
 * Serves the processes of this machine on one Unix socket: our Credentials API and the SPIFFE
 * Workload API.
 *
 * <p>The socket is open to every local process; who calls is what the kernel says of the
 * connection, never what a request says. Every call attests its process anew. Start reading at
 * {@link dev.alts.agent.delivery.AgentServer}.
 */
@NullMarked
package dev.alts.agent.delivery;

import org.jspecify.annotations.NullMarked;
