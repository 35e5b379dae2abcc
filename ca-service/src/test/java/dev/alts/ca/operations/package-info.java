@NullMarked
package dev.alts.ca.operations;

import org.jspecify.annotations.NullMarked;
