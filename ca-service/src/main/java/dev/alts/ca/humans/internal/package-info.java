/** Rows of humans and their codes; nobody else reads these tables. */
@NullMarked
package dev.alts.ca.humans.internal;

import org.jspecify.annotations.NullMarked;
