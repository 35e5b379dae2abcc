/**
 * Handshake certificates: made locally under a master certificate (handshake.md section 2).
 *
 * <p>Making, parsing and binding live here; whether the master is trusted is decided in {@code
 * dev.alts.identity.verify}. Start reading at {@link
 * dev.alts.identity.handshake.HandshakeCertificate}.
 */
@NullMarked
package dev.alts.identity.handshake;

import org.jspecify.annotations.NullMarked;
