/** How altsctl speaks with a CA. */
@NullMarked
package dev.alts.cli.ca;

import org.jspecify.annotations.NullMarked;
