/**
 * The frames that everything on a connection is in (handshake.md section 1), and the alert that
 * ends one.
 *
 * <p>This package decides where a frame starts and ends and whether it may be that long. It knows
 * neither keys nor the order of messages. Start reading at {@link dev.alts.frame.FrameReader}.
 */
@NullMarked
package dev.alts.frame;

import org.jspecify.annotations.NullMarked;
