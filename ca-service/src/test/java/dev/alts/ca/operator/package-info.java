/** Tests of the operator socket: a complete CA and real Unix sockets. */
@NullMarked
package dev.alts.ca.operator;

import org.jspecify.annotations.NullMarked;
