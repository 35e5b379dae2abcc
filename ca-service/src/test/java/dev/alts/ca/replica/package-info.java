@NullMarked
package dev.alts.ca.replica;

import org.jspecify.annotations.NullMarked;
