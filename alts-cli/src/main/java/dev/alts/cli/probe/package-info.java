/**
 * A protected call as the human who is logged in.
 *
 * <p>It makes the human's handshake certificate under the master of their login, since humans have
 * no agent yet, and reports what the handshake established. It decides nothing: the library
 * verifies the server, the server authorizes the human.
 */
@NullMarked
package dev.alts.cli.probe;

import org.jspecify.annotations.NullMarked;
