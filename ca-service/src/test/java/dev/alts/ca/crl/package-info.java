@NullMarked
package dev.alts.ca.crl;

import org.jspecify.annotations.NullMarked;
