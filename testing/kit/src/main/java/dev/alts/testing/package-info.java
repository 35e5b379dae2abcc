/** Test support that every module's tests share. Imported by tests only. */
@NullMarked
package dev.alts.testing;

import org.jspecify.annotations.NullMarked;
