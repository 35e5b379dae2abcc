/**
 * Decides whether a peer is who it says (handshake.md section 2), in that section's order.
 *
 * <p>Knows no network, no record protocol and no application policy: who may call what is decided
 * elsewhere with the {@link dev.alts.identity.verify.PeerFacts} that come from here. Start reading
 * at {@link dev.alts.identity.verify.PeerVerifier}.
 */
@NullMarked
package dev.alts.identity.verify;

import org.jspecify.annotations.NullMarked;
