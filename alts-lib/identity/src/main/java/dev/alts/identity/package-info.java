/**
 * Names and values of identity: trust domains, SPIFFE IDs, kinds, certificate attributes.
 *
 * <p>Everything here is an immutable value that is valid once built. This package knows no network,
 * no certificate authority and no clock. Start reading at {@link dev.alts.identity.SpiffeId}; who
 * verifies a peer is {@code dev.alts.identity.verify}.
 */
@NullMarked
package dev.alts.identity;

import org.jspecify.annotations.NullMarked;
