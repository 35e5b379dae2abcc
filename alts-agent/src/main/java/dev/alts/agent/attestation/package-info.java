/**
 * Says what is true of the process at the other end of a Unix socket, and of nothing else.
 *
 * <p>The kernel names the process (peer credentials and a pidfd); attestors read facts about it and
 * the answer counts only if the same process is still there afterwards. This package decides no
 * identity and knows neither the CA nor any key. Start reading at {@link
 * dev.alts.agent.attestation.PeerProcess}.
 *
 * <p>Identity belongs to the process that <em>connected</em>: a connection passed on by fork, exec
 * or SCM_RIGHTS keeps that process as its peer, and is useless once that process has gone.
 */
@NullMarked
package dev.alts.agent.attestation;

import org.jspecify.annotations.NullMarked;
