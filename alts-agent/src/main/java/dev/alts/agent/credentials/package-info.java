/**
 * Keeps credentials: which process gets which, and that none expires while it can be renewed.
 *
 * <p>A decision of the CA, also a refusal, is cached per projection of facts, so that a thousand
 * identical processes cost one question. Certificates are renewed when the CA says, with jitter
 * rolled once; handshake certificates are made here, under the master key, which never leaves this
 * package. It knows no socket and no process id. Start reading at {@link
 * dev.alts.agent.credentials.CredentialCache}.
 */
@NullMarked
package dev.alts.agent.credentials;

import org.jspecify.annotations.NullMarked;
