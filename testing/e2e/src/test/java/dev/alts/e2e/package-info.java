/**
 * The finished programs, driven as their users drive them: processes, sockets, command lines.
 *
 * <p>Nothing here reaches into a program. Start reading at {@code EndToEndTest}.
 */
@NullMarked
package dev.alts.e2e;

import org.jspecify.annotations.NullMarked;
