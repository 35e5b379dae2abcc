/** How {@code policy} keeps its rows. Nothing outside the module may look in here. */
@NullMarked
package dev.alts.ca.policy.internal;

import org.jspecify.annotations.NullMarked;
