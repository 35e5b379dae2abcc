/** What earlier versions say and expect is still understood and given (docs/adr/0019). */
@NullMarked
package dev.alts.ca.compatibility;

import org.jspecify.annotations.NullMarked;
