/** Tests of what the ports share. */
@NullMarked
package dev.alts.ca.endpoint;

import org.jspecify.annotations.NullMarked;
