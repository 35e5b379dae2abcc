/**
 * What altsctl remembers between two calls: where the CA is, whom it trusts, who is logged in.
 *
 * <p>It keeps private keys in files that only their owner can read and never sends them anywhere.
 * It knows no REST path. Start reading at {@link dev.alts.cli.home.ConfigHome}.
 */
@NullMarked
package dev.alts.cli.home;

import org.jspecify.annotations.NullMarked;
