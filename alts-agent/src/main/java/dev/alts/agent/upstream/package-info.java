/**
 * Speaks with the CA: first contact, attestation of the machine, issuing in batches, the stream of
 * everything that the CA pushes.
 *
 * <p>What the CA sends is verified here before anything else sees it: documents against the pinned
 * root, the CA itself by its SVID for {@code /ca}. Start reading at {@link
 * dev.alts.agent.upstream.Bootstrap}.
 */
@NullMarked
package dev.alts.agent.upstream;

import org.jspecify.annotations.NullMarked;
