@NullMarked
package dev.alts.ca.grants;

import org.jspecify.annotations.NullMarked;
