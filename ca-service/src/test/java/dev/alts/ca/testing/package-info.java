/** What the tests of the CA share: one real database and a CA without its ports. */
@NullMarked
package dev.alts.ca.testing;

import org.jspecify.annotations.NullMarked;
