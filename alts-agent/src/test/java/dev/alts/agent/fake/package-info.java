/** A scripted CA over real TLS, and processes to attest, for the agent's tests. */
@NullMarked
package dev.alts.agent.fake;

import org.jspecify.annotations.NullMarked;
