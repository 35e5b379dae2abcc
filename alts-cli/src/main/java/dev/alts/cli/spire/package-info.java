/**
 * What SPIRE exports, and what it means there: entries, agents, and who gets which identity by
 * them.
 *
 * <p>Reads files only and knows no CA and no rule. How rules are made of it is in {@code
 * dev.alts.cli.spire.rules}. Start reading at {@link dev.alts.cli.spire.SpireEntry}.
 */
@NullMarked
package dev.alts.cli.spire;

import org.jspecify.annotations.NullMarked;
