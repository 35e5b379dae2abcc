/**
 * What a trust domain says about itself, signed: trust document, revocation list, naming policy.
 *
 * <p>An instance that came from {@code open} was verified with the key that may sign that type and
 * parsed strictly; there is no other way to get one from foreign bytes. This package knows no
 * network and no clock, and decides nothing about a peer. Start reading at {@link
 * dev.alts.identity.document.TrustDocument}; the text is handshake.md sections 2, 7, 8 and 11.
 */
@NullMarked
package dev.alts.identity.document;

import org.jspecify.annotations.NullMarked;
