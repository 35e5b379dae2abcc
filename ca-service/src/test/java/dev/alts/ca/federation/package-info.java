@NullMarked
package dev.alts.ca.federation;

import org.jspecify.annotations.NullMarked;
