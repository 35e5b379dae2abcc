/** Tests of the humans' values; what needs a database is tested through the admin port. */
@NullMarked
package dev.alts.ca.humans;

import org.jspecify.annotations.NullMarked;
