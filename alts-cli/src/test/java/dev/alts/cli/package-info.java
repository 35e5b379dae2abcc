/** altsctl as its users run it, against a CA that speaks the real protocol and decides nothing. */
@NullMarked
package dev.alts.cli;

import org.jspecify.annotations.NullMarked;
