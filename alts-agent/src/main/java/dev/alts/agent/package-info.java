/**
 * The agent of a machine: proves what runs on it, gets certificates from the CA and hands them to
 * the processes that they are for.
 *
 * <p>The path of a credential is the path through the packages: {@code attestation} says who asks,
 * {@code upstream} asks the CA, {@code credentials} keeps and renews what came back, {@code
 * delivery} answers on the Unix socket. This package only wires them. Start reading at {@link
 * dev.alts.agent.AgentMain}.
 */
@NullMarked
package dev.alts.agent;

import org.jspecify.annotations.NullMarked;
