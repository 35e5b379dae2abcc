/**
 * Where a process's credentials come from: the agent on this machine, over its Unix socket.
 *
 * <p>This package decides which snapshot is the current one: it waits for the first, verifies each
 * before it is used, swaps it in one step and keeps the last good one while the agent is away. It
 * never sees a connection that the credentials protect, and the long-lived master key never comes
 * here. Generated messages of the Credentials API end at {@code SnapshotReader}. Start reading at
 * {@link dev.alts.credentials.AgentCredentialSource}.
 */
@NullMarked
package dev.alts.credentials;

import org.jspecify.annotations.NullMarked;
